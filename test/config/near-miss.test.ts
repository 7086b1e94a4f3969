import { nearMiss } from '../../src/config/near-miss'

describe('a near miss', () => {
  test.each([
    ['log.retention.mss', 'log.retention.ms'],
    ['log.retenton.ms', 'log.retention.ms'],
    ['num.partition', 'num.partitions'],
    ['NUM.partitions', null],
    ['something.else', null],
    ['', null],
  ])('%j means %j', (name, expected) => {
    expect(nearMiss(name, ['log.retention.ms', 'log.retention.minutes', 'num.partitions'])).toBe(expected)
  })

  it('means the nearest of several', () => {
    expect(nearMiss('abcd', ['abxy', 'abcx', 'abcde'])).toBe('abcx')
  })
})
