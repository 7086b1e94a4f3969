import path from 'node:path'
import { Kafka } from '../../kafka'
import { Odradek } from '../../odradek'
import type { SuiteRun } from '../../suite'
import { masked } from './masks'
import { type Played, playScript } from './tool-script'
import { PREPARATION, TOOL_SCRIPTS } from './tool-scripts'
import { everything } from './views'

/** The same settings at both: some that make scripts quick, some that tools print, and one so that no group goes while they are run. */
const SETTINGS: Readonly<Record<string, string>> = {
  'group.initial.rebalance.delay.ms': '0',
  'node.id': '1',
  'num.partitions': '1',
  'offsets.retention.check.interval.ms': '86400000',
}

/** A broker that tools are run against, and what they print of it that is of no interest. */
interface Toolbench {
  readonly bootstrap: string
  readonly hide: Readonly<Record<string, string>>
}

/** Kafka's command-line tools print of our broker what they print of a Kafka. */
export const tools = async (run: SuiteRun): Promise<void> => {
  const { kafka: command } = run.options
  if (command === null) return run.skip('tools', '--kafka does not name a command that runs Kafka’s tools')
  run.say('starting a Kafka and our broker')
  const kafka = await Kafka.create(command, path.join(run.directory, 'kafka'), SETTINGS)
  run.atEnd(() => kafka.stop())
  const directory = path.join(run.directory, 'odradek')
  const odradek = await Odradek.start(directory, SETTINGS)
  run.atEnd(() => odradek.stop())
  const ours = toolbench(odradek.bootstrap, directory)
  const theirs = toolbench(kafka.bootstrap, kafka.logDirectory)
  await Promise.all([ours, theirs].map(({ bootstrap }) => playScript(PREPARATION, { kafka: command, bootstrap })))
  for (const script of TOOL_SCRIPTS) {
    await run.check(`tools: ${script.name}`, async () => {
      const [here, there] = await Promise.all(
        [ours, theirs].map(({ bootstrap }) => playScript(script, { kafka: command, bootstrap })),
      )
      const differences = here!.flatMap((played, at) =>
        difference(textOf(played, ours), textOf(there![at]!, theirs), played),
      )
      if (differences.length > 0) throw new Error(differences.join('\n'))
      return `${script.steps.length} commands print the same`
    })
  }
}

const toolbench = (bootstrap: string, directory: string): Toolbench => {
  const port = bootstrap.slice(bootstrap.lastIndexOf(':') + 1)
  return { bootstrap, hide: { [directory]: 'DIRECTORY', [bootstrap]: 'ADDRESS', [`127.0.0.1 ${port}`]: 'ADDRESS' } }
}

const textOf = ({ step, result }: Played, { hide }: Toolbench): string =>
  masked((step.view ?? everything)(result), hide)

const difference = (ours: string, printed: string, { step }: Played): string[] => {
  const theirs = step.expected?.(printed, ours) ?? printed
  if (ours === theirs) return []
  const [here, there] = [ours.split('\n'), theirs.split('\n')]
  const only = (whose: string, lines: string[], others: string[]) => {
    const unmatched = [...others]
    const isAlone = (line: string) => {
      const at = unmatched.indexOf(line)
      if (at >= 0) unmatched.splice(at, 1)
      return at < 0
    }
    return lines.filter(isAlone).map(line => `  ${whose} ${line}`)
  }
  const differing = [...only('ours: ', here, there), ...only('Kafka:', there, here)]
  return [`${step.tool} ${step.args}`, ...(differing.length > 0 ? differing : ['  the same lines, in another order'])]
}
