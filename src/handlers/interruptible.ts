import type { RequestContext } from './request-context'

/** The answer, or `instead` when waiting for it makes no more sense: the client has gone, or the broker is stopping. */
export const interruptible = <Answer>(
  context: RequestContext,
  answer: Promise<Answer>,
  instead: Answer,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const stopListening = context.onInterrupt(() => resolve(instead))
    answer.then(resolve, reject).finally(stopListening)
  })
