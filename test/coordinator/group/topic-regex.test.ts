import { compileTopicRegex } from '../../../src/coordinator/group/topic-regex'
import { isProblem } from '../../../src/coordinator/pattern'

test('a topic matches as a whole', () => {
  const regex = compileTopicRegex('orders-.*')
  if (isProblem(regex)) throw new Error(regex.problem)
  expect(regex.source).toBe('orders-.*')
  expect(['orders-1', 'orders-', 'orders', 'my-orders-1'].filter(regex.matches)).toEqual(['orders-1', 'orders-'])
})

test('what is no pattern is answered in the words of Kafka', () => {
  expect(compileTopicRegex('a[')).toEqual({
    problem: 'SubscribedTopicRegex `a[` is not a valid regular expression: missing closing ].',
  })
})
