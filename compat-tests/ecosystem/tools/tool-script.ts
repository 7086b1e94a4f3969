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

/** Plays a script at a broker; `kafka` is the command that runs tools. */
export const playScript = async (
  { steps }: ToolScript,
  { kafka, bootstrap }: { readonly kafka: string; readonly bootstrap: string },
): Promise<readonly Played[]> => {
  const played: Played[] = []
  for (const step of steps) {
    const args = step.args.replaceAll(BOOTSTRAP, bootstrap).split(' ')
    const result = await resultOf(kafka, ['tool', step.tool, ...args], {
      input: step.input ?? '',
      timeoutMs: TIMEOUT_MS,
    })
    played.push({ step, result })
  }
  return played
}
