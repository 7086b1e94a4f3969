import type { RequestContext } from './request-context'

/** The answer, or `instead` when waiting for it makes no more sense: the client has gone, or the broker is stopping. */
export const interruptible = async <Answer>(
  context: RequestContext,
  answer: Promise<Answer>,
  instead: Answer,
): Promise<Answer> => {
  let stopListening = () => {}
  const interruption = new Promise<Answer>(resolve => {
    stopListening = context.onInterrupt(() => resolve(instead))
  })
  try {
    return await Promise.race([answer, interruption])
  } finally {
    stopListening()
  }
}
