import type { Suite, SuiteRun } from '../suite'
import { connect } from './connect'
import { mirrorMaker } from './mirror-maker'
import { schemaRegistry } from './schema-registry'
import { streams } from './streams'
import { tools } from './tools/tools'

/** What is run of the suite alone when it is named. */
const PARTS: Readonly<Record<string, (run: SuiteRun) => Promise<void>>> = {
  tools,
  streams,
  connect,
  'schema-registry': schemaRegistry,
  'mirror-maker': mirrorMaker,
}

/** Programs of the Java world that ask more of a broker than clients do. */
export const ecosystem: Suite = {
  name: 'ecosystem',
  about: 'Kafka’s tools, Streams, Connect, a schema registry and MirrorMaker; NAMES behind it choose among them',
  choices: Object.keys(PARTS),
  async run(run) {
    const named = Object.keys(PARTS).filter(name => run.options.names.includes(name))
    for (const [name, part] of Object.entries(PARTS)) {
      if (named.length === 0 || named.includes(name)) await run.part(() => part(run))
    }
  },
}
