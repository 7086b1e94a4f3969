import { ApiKey } from '../../protocol/api-keys'
import { goldenDefinitions } from '../support/golden-messages'

it('the API keys are those of Kafka', () => {
  const expected = goldenDefinitions().apis.map(({ name, key }) => [name, key])
  expect(Object.entries(ApiKey)).toEqual(expected)
})
