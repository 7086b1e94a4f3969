import { ErrorCode, errorName, isRetriable } from '../../protocol/errors'
import { goldenDefinitions } from '../support/golden-messages'

describe('the table of errors', () => {
  it('is that of Kafka, with its opinion on what may be tried again', () => {
    const ours = Object.entries(ErrorCode).map(([name, code]) => ({ code, name, retriable: isRetriable(code) }))
    expect(ours).toEqual(goldenDefinitions().errors)
  })

  it('names every code', () => {
    for (const [name, code] of Object.entries(ErrorCode)) expect(errorName(code)).toBe(name)
  })

  it('takes a code that nobody knows for UNKNOWN_SERVER_ERROR, which clients do not try again', () => {
    expect(errorName(9999)).toBe('UNKNOWN_SERVER_ERROR')
    expect(isRetriable(9999)).toBe(false)
  })
})
