import { hasKcat } from '../kcat'
import type { Suite } from '../suite'
import { StorageChecks } from './storage-checks'

/** Our files are Kafka's files: what a Kafka wrote is served by ours; what ours wrote is read by Kafka's tools and served by a Kafka. */
export const storage: Suite = {
  name: 'storage',
  about: "files on disk in both directions, with Kafka's broker and tools (needs --kafka and kcat)",
  run: async run => {
    const { kafka } = run.options
    if (kafka === null) run.skip('everything', '--kafka does not name a command that starts a Kafka')
    else if (!hasKcat()) run.skip('everything', 'kcat is not installed')
    else await new StorageChecks(run, kafka).all()
  },
}
