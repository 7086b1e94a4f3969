import { EmbeddedMetadataStore, type Journal } from '../../src/metadata/embedded-metadata-store'
import { keyRange } from '../../src/metadata/metadata-store'
import type { Revision } from '../../src/metadata/revisioned-key-values'
import { codeOf, put, write } from '../support/metadata-store-contract'
import { virtualTime } from '../support/virtual-time'

class RecordingJournal implements Journal {
  readonly writes: (readonly Revision[])[] = []
  failure: Error | null = null

  write(revisions: readonly Revision[]): void {
    if (this.failure !== null) throw this.failure
    this.writes.push(revisions)
  }

  async close(): Promise<void> {}
}

class StoreUnderTest extends EmbeddedMetadataStore {
  constructor(timers: ReturnType<typeof virtualTime>['timers'], journal: Journal) {
    super({ timers }, { revision: 1, keyValues: [] }, journal)
  }
}

const setUp = () => {
  const { timers } = virtualTime()
  const journal = new RecordingJournal()
  return { timers, journal, store: new StoreUnderTest(timers, journal) }
}

describe('an embedded metadata store', () => {
  it('writes the transactions of one turn to its journal together', async () => {
    const { journal, store } = setUp()
    const revisions = await Promise.all([write(store, put('a', '1')), write(store, put('b', '1')), write(store)])
    expect(revisions).toEqual([2, 3, 3])
    expect(journal.writes.map(written => written.map(({ revision }) => revision))).toEqual([[2, 3]])
  })

  it('does not write what changed nothing', async () => {
    const { journal, store } = setUp()
    await write(store, { type: 'delete', range: keyRange('absent') })
    expect(journal.writes).toEqual([])
  })

  it('tells nobody of a write that its journal refused, and answers nothing any more', async () => {
    const { journal, store, timers } = setUp()
    const told: unknown[] = []
    store.watch({
      range: keyRange('k'),
      fromRevision: 2,
      onRevision: revision => told.push(revision),
      onEnd: error => told.push(error.code),
    })
    journal.failure = new Error('no space left on device')
    const begun = write(store, put('k', '1'))
    const alsoBegun = write(store, put('l', '1'))
    expect(await Promise.all([begun, alsoBegun].map(codeOf))).toEqual(['UNKNOWN_OUTCOME', 'UNKNOWN_OUTCOME'])
    journal.failure = null
    expect(await codeOf(store.range(keyRange('k')))).toBe('UNAVAILABLE')
    expect(await codeOf(write(store, put('k', '2')))).toBe('UNAVAILABLE')
    await timers.settle()
    expect(told).toEqual(['UNAVAILABLE'])
  })

  it('keeps its end when a lease would expire after the journal failed', async () => {
    const { journal, store, timers } = setUp()
    const lease = await store.grantLease(1000)
    await write(store, put('k', '1', lease.id))
    journal.failure = new Error('input/output error')
    await codeOf(write(store, put('l', '1')))
    journal.failure = null
    await timers.advance(2000)
    expect(journal.writes).toHaveLength(1)
  })
})
