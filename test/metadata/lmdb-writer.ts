import { LmdbJournal } from '../../src/metadata/lmdb-journal'
import { RevisionedKeyValues } from '../../src/metadata/revisioned-key-values'
import { put } from '../support/metadata-store-contract'

/** Writes as many revisions as it is told, then dies: the very next thing after the last write has returned. */
const [path = '', count = ''] = process.argv.slice(2)

const run = async (): Promise<void> => {
  const journal = await LmdbJournal.open(path)
  const content = new RevisionedKeyValues({ ...journal.load(), historyLimit: 1 })
  for (let number = 1; number <= Number(count); number++) {
    const success = [put('count', String(number)), put(`number/${number}`, ''), put('leased', '', 'lease')]
    const { change } = content.commit({ compares: [], success }, () => true)
    journal.write([change!])
  }
  process.kill(process.pid, 'SIGKILL')
}

void run()
