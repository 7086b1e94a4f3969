import { interruptible } from '../../src/handlers/interruptible'
import { requestContext } from '../support/request-context'

test('an answer that comes in time is the answer, and the interruption of no concern', async () => {
  const context = requestContext()
  const answer = interruptible(context, Promise.resolve('answer'), 'interrupted')
  expect(await answer).toBe('answer')
  context.interrupt()
})

test('an interruption ends the wait', async () => {
  const context = requestContext()
  const answer = interruptible(context, new Promise<string>(() => {}), 'interrupted')
  context.interrupt()
  expect(await answer).toBe('interrupted')
})

test('a failure is passed on', async () => {
  await expect(interruptible(requestContext(), Promise.reject(new Error('failed')), 'interrupted')).rejects.toThrow(
    'failed',
  )
})
