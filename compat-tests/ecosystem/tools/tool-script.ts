import { type CommandResult, resultOf } from '../../command'

/** Stands for `host:port` of the broker in the arguments of tools. */
export const BOOTSTRAP = 'BOOTSTRAP'

/** One call of a tool. */
export interface ToolStep {
  /** Its class, short or full. */
  readonly tool: string
  /** Its arguments, in a line; with {@link BOOTSTRAP} where the broker belongs. */
  readonly args: string
  /** Its standard input. */
  readonly input?: string
  /** It goes on while those behind it are run; it has to end by itself. */
  readonly isBackground?: boolean
  /** It is repeated until it prints this: what others have started takes its time. */
  readonly until?: RegExp
  /** What is compared of it; everything that it prints when there is no view. */
  readonly view?: (result: CommandResult) => string
  /** What our broker should make of what a Kafka prints, where that is not the same. */
  readonly expected?: (theirs: string, ours: string) => string
}

/** Calls of tools one after the other, whose output is the same at all brokers. */
export interface ToolScript {
  readonly name: string
  readonly steps: readonly ToolStep[]
}

/** How a step went at a broker. */
export interface Played {
  readonly step: ToolStep
  readonly result: CommandResult
}

const TIMEOUT_MS = 120_000
const SETTLE_WITHIN_MS = 60_000

/** Plays a script at a broker; `kafka` is the command that runs tools. */
export const playScript = async (
  { steps }: ToolScript,
  { kafka, bootstrap }: { readonly kafka: string; readonly bootstrap: string },
): Promise<readonly Played[]> => {
  const played: Promise<Played>[] = []
  for (const step of steps) {
    const going = playStep(step, kafka, bootstrap)
    played.push(going)
    if (!step.isBackground) await going
  }
  return Promise.all(played)
}

const playStep = async (step: ToolStep, kafka: string, bootstrap: string): Promise<Played> => {
  const args = step.args.replaceAll(BOOTSTRAP, bootstrap).split(' ')
  for (const deadline = Date.now() + SETTLE_WITHIN_MS; ; ) {
    const options = { input: step.input ?? '', timeoutMs: TIMEOUT_MS }
    const result = await resultOf(kafka, ['tool', step.tool, ...args], options)
    if (!step.until || step.until.test(result.stdout)) return { step, result }
    if (Date.now() > deadline)
      throw new Error(`${step.tool} ${step.args} does not print ${step.until}: ${result.stdout}`)
  }
}
