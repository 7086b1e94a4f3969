import type { EmbeddedMetadataStore } from '../../src/metadata/embedded-metadata-store'
import {
  isAbsent,
  isCreatedAt,
  isUnchangedSince,
  type KeyRange,
  keyRange,
  MAX_TRANSACTION_OPERATIONS,
  type MetadataStore,
  type MetadataStoreError,
  type Operation,
  prefixRange,
  type WatchEvent,
} from '../../src/metadata/metadata-store'
import { virtualTime } from './virtual-time'

type Opened = Pick<EmbeddedMetadataStore, 'compact'> & MetadataStore
type VirtualTimers = ReturnType<typeof virtualTime>['timers']

export const put = (key: string, value: string, leaseId?: string): Operation =>
  leaseId === undefined ? { type: 'put', key, value } : { type: 'put', key, value, leaseId }
export const remove = (range: KeyRange): Operation => ({ type: 'delete', range })

/** Writes without a condition; the revision. */
export const write = async (store: MetadataStore, ...success: Operation[]): Promise<number> =>
  (await store.transaction({ compares: [], success })).revision

export const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => null,
    (reason: MetadataStoreError) => reason,
  )
  return error?.code ?? 'no error'
}

/** What a watch was told, in short: revision, then `+key=value` and `-key`. */
class RecordedWatch {
  readonly lines: string[] = []
  readonly endCodes: string[] = []
  readonly watch: { close(): void }

  constructor(store: MetadataStore, range: KeyRange, fromRevision: number) {
    this.watch = store.watch({
      range,
      fromRevision,
      onRevision: (revision, events) => this.lines.push([revision, ...events.map(inShort)].join(' ')),
      onEnd: error => this.endCodes.push(error.code),
    })
  }
}

const inShort = (event: WatchEvent): string =>
  event.type === 'put' ? `+${event.key}=${event.keyValue.value}` : `-${event.key}`

/** The rules of the port, run against one adapter. `open` gets the timers of its leases. */
export function describeMetadataStore(open: (timers: VirtualTimers) => Promise<Opened>): void {
  const { timers } = virtualTime()
  let store: Opened
  let first: number

  beforeEach(async () => {
    store = await open(timers)
    first = (await store.range(keyRange('none'))).revision
  })
  afterEach(() => store.close())

  const values = async (range: KeyRange, revision?: number): Promise<string> => {
    const { keyValues } = await store.range(range, revision === undefined ? {} : { revision })
    return keyValues.map(({ key, value }) => `${key}=${value}`).join(' ')
  }

  describe('range', () => {
    it('lists the keys of a prefix in the order of their bytes', async () => {
      await write(store, put('a/2', 'x'), put('a/10', 'y'), put('b', 'z'), put('a', 'w'))
      expect(await values(prefixRange('a/'))).toBe('a/10=y a/2=x')
    })

    it('finds exactly one key by its own range', async () => {
      await write(store, put('a', '1'), put('a/b', '2'))
      expect(await values(keyRange('a'))).toBe('a=1')
    })

    it('finds nothing in a range that ends before it starts', async () => {
      await write(store, put('b', '1'))
      expect(await values({ start: 'c', end: 'a' })).toBe('')
    })

    it('cuts at a limit and says whether there is more', async () => {
      await write(store, put('a/1', ''), put('a/2', ''), put('a/3', ''))
      expect(await store.range(prefixRange('a/'), { limit: 2 })).toMatchObject({
        keyValues: [{ key: 'a/1' }, { key: 'a/2' }],
        more: true,
      })
      expect(await store.range(prefixRange('a/'), { limit: 3 })).toMatchObject({ more: false })
    })

    it('counts revisions and versions per key, and starts again for a key that was deleted', async () => {
      await write(store, put('k', 'one'))
      await write(store, put('k', 'two'))
      expect((await store.range(keyRange('k'))).keyValues).toEqual([
        { key: 'k', value: 'two', createRevision: first + 1, modRevision: first + 2, version: 2, leaseId: null },
      ])
      await write(store, remove(keyRange('k')))
      await write(store, put('k', 'three'))
      expect((await store.range(keyRange('k'))).keyValues).toMatchObject([
        { createRevision: first + 4, modRevision: first + 4, version: 1 },
      ])
    })

    it('reads the state right after an earlier revision', async () => {
      const one = await write(store, put('a', '1'), put('b', '1'))
      const two = await write(store, put('a', '2'), remove(keyRange('b')))
      const three = await write(store, put('b', '3'), put('c', '3'))
      expect(await values({ start: 'a', end: 'z' }, one)).toBe('a=1 b=1')
      expect(await values({ start: 'a', end: 'z' }, two)).toBe('a=2')
      expect(await values({ start: 'a', end: 'z' }, three)).toBe('a=2 b=3 c=3')
      expect(await values({ start: 'a', end: 'b' }, one)).toBe('a=1')
    })

    it('applies a limit to the past too', async () => {
      const one = await write(store, put('a', '1'), put('b', '1'))
      await write(store, remove({ start: 'a', end: 'z' }))
      const past = await store.range({ start: 'a', end: 'z' }, { revision: one, limit: 1 })
      expect(past).toMatchObject({ keyValues: [{ key: 'a' }], more: true, revision: one + 1 })
    })

    it('refuses a revision that is still to come', async () => {
      expect(await codeOf(store.range(keyRange('a'), { revision: first + 1 }))).toBe('FUTURE_REVISION')
    })

    it('refuses a revision from before the compaction', async () => {
      const one = await write(store, put('a', '1'))
      const two = await write(store, put('a', '2'))
      await write(store, put('a', '3'))
      store.compact(two)
      expect(await codeOf(store.range(keyRange('a'), { revision: one }))).toBe('COMPACTED')
      expect(await values(keyRange('a'), two)).toBe('a=2')
    })
  })

  describe('transaction', () => {
    it('gives all its writes one revision', async () => {
      const revision = await write(store, put('a', '1'), put('b', '1'), put('c', '1'))
      expect(revision).toBe(first + 1)
      const { keyValues } = await store.range({ start: 'a', end: 'z' })
      expect(keyValues.map(keyValue => keyValue.modRevision)).toEqual([revision, revision, revision])
    })

    it('takes no revision when it writes nothing', async () => {
      const deleted = await write(store, remove(keyRange('absent')))
      const read = await write(store, { type: 'range', range: keyRange('absent') })
      expect([deleted, read]).toEqual([first, first])
    })

    it('runs the other list when a compare does not hold', async () => {
      const transaction = { compares: [isAbsent('k')], success: [put('k', 'made')], failure: [put('other', 'made')] }
      expect(await store.transaction(transaction)).toMatchObject({ succeeded: true, revision: first + 1 })
      expect(await store.transaction(transaction)).toMatchObject({ succeeded: false, revision: first + 2 })
      expect(await values({ start: 'a', end: 'z' })).toBe('k=made other=made')
    })

    it('needs all compares to hold', async () => {
      const created = await write(store, put('a', '1'))
      const changed = await write(store, put('a', '2'))
      const attempt = (...compares: Parameters<typeof isCreatedAt>[]) =>
        store.transaction({
          compares: compares.map(([key, revision]) => isCreatedAt(key, revision)),
          success: [],
        })
      expect(await attempt(['a', created])).toMatchObject({ succeeded: true })
      expect(await attempt(['a', created], ['a', changed])).toMatchObject({ succeeded: false })
    })

    it.each([
      ['version', 'equal', 2, true],
      ['version', 'greater', 1, true],
      ['version', 'greater', 2, false],
      ['version', 'less', 3, true],
      ['version', 'less', 2, false],
      ['version', 'notEqual', 2, false],
      ['version', 'notEqual', 1, true],
    ] as const)('compares %s %s %i', async (target, relation, value, succeeded) => {
      await write(store, put('k', '1'))
      await write(store, put('k', '2'))
      const compares = [{ key: 'k', target, relation, value }]
      expect(await store.transaction({ compares, success: [] })).toMatchObject({ succeeded })
    })

    it('compares the revisions of an absent key as zero', async () => {
      const compares = (['version', 'createRevision', 'modRevision'] as const).map(
        target => ({ key: 'absent', target, relation: 'equal', value: 0 }) as const,
      )
      expect(await store.transaction({ compares, success: [] })).toMatchObject({ succeeded: true })
    })

    it('notices any change of a key by its mod revision', async () => {
      const revision = await write(store, put('k', 'same'))
      await write(store, put('k', 'same'))
      const late = await store.transaction({ compares: [isUnchangedSince('k', revision)], success: [put('k', 'late')] })
      expect(late).toMatchObject({ succeeded: false })
    })

    it('lets later operations see earlier ones', async () => {
      await write(store, put('a/1', 'old'))
      const { ranges } = await store.transaction({
        compares: [],
        success: [
          { type: 'range', range: prefixRange('a/') },
          put('a/2', 'new'),
          { type: 'range', range: prefixRange('a/') },
          remove(keyRange('a/1')),
          { type: 'range', range: prefixRange('a/'), limit: 1 },
        ],
      })
      expect(ranges.map(range => range.map(({ value }) => value))).toEqual([['old'], [], ['old', 'new'], [], ['new']])
    })

    it('lets exactly one of many create the same key', async () => {
      const attempts = Array.from({ length: 20 }, (_, index) =>
        store.transaction({ compares: [isAbsent('k')], success: [put('k', String(index))] }),
      )
      const winners = (await Promise.all(attempts)).filter(({ succeeded }) => succeeded)
      expect(winners).toHaveLength(1)
    })

    it.each([
      ['too many operations', Array.from({ length: MAX_TRANSACTION_OPERATIONS + 1 }, (_, n) => put(`k${n}`, ''))],
      ['a key put twice', [put('k', '1'), put('k', '2')]],
      ['a key put and deleted', [put('k', '1'), remove(prefixRange('k'))]],
      ['a key that is not ASCII', [put('schlüssel', '1')]],
      ['an empty key', [put('', '1')]],
      ['a key that is too long', [put('k'.repeat(1025), '1')]],
    ])('refuses %s and changes nothing', async (_what, operations) => {
      const refused = store.transaction({ compares: [], success: [put('fine', '1'), ...operations] })
      expect(await codeOf(refused)).toBe('INVALID')
      expect(await values({ start: ' ', end: '~' })).toBe('')
    })

    it('refuses too many compares', async () => {
      const compares = Array.from({ length: MAX_TRANSACTION_OPERATIONS + 1 }, () => isAbsent('k'))
      expect(await codeOf(store.transaction({ compares, success: [] }))).toBe('INVALID')
    })

    it('refuses one of several transactions of a turn without harm to the others', async () => {
      const fine = store.transaction({ compares: [], success: [put('a', '1')] })
      const bad = store.transaction({ compares: [], success: [put('b', '1', 'no-lease')] })
      const alsoFine = store.transaction({ compares: [], success: [put('c', '1')] })
      expect(await codeOf(bad)).toBe('LEASE_NOT_FOUND')
      expect([(await fine).revision, (await alsoFine).revision]).toEqual([first + 1, first + 2])
      expect(await values({ start: 'a', end: 'z' })).toBe('a=1 c=1')
    })
  })

  describe('lease', () => {
    it('takes its keys away in one revision when it is not kept alive', async () => {
      const lease = await store.grantLease(1000)
      await write(store, put('a', '1', lease.id), put('b', '1', lease.id), put('c', '1'))
      await timers.advance(900)
      expect(await values({ start: 'a', end: 'z' })).toBe('a=1 b=1 c=1')
      await timers.advance(100)
      expect(await values({ start: 'a', end: 'z' })).toBe('c=1')
      expect((await store.range(keyRange('c'))).revision).toBe(first + 2)
    })

    it('lives on as long as it is kept alive', async () => {
      const lease = await store.grantLease(1000)
      await write(store, put('a', '1', lease.id))
      for (let round = 0; round < 5; round++) {
        await timers.advance(900)
        expect(await store.keepAlive(lease.id)).toBe(true)
      }
      expect(await values(keyRange('a'))).toBe('a=1')
      await timers.advance(1000)
      expect(await store.keepAlive(lease.id)).toBe(false)
    })

    it('takes its keys away when it is revoked', async () => {
      const lease = await store.grantLease(1000)
      await write(store, put('a', '1', lease.id))
      await store.revokeLease(lease.id)
      expect(await values(keyRange('a'))).toBe('')
      expect(await store.keepAlive(lease.id)).toBe(false)
      await store.revokeLease(lease.id)
    })

    it('spares a key that was put again without it', async () => {
      const lease = await store.grantLease(1000)
      await write(store, put('a', '1', lease.id))
      await write(store, put('a', '2'))
      await store.revokeLease(lease.id)
      expect(await values(keyRange('a'))).toBe('a=2')
    })

    it('must be there for a put under it', async () => {
      const lease = await store.grantLease(1000)
      await store.revokeLease(lease.id)
      const late = store.transaction({ compares: [], success: [put('a', '1', lease.id)] })
      expect(await codeOf(late)).toBe('LEASE_NOT_FOUND')
    })
  })

  describe('watch', () => {
    it('delivers whole revisions from the past, then those to come', async () => {
      await write(store, put('k/a', '1'))
      const from = await write(store, put('k/a', '2'), put('k/b', '2'))
      await write(store, remove(prefixRange('k/')))
      const recorded = new RecordedWatch(store, prefixRange('k/'), from)
      await write(store, put('k/c', '4'))
      await timers.settle()
      expect(recorded.lines).toEqual([`${from} +k/a=2 +k/b=2`, `${from + 1} -k/a -k/b`, `${from + 2} +k/c=4`])
    })

    it('reports revisions outside its range without events', async () => {
      const recorded = new RecordedWatch(store, prefixRange('k/'), first + 1)
      await write(store, put('other', '1'))
      await write(store, put('other', '2'), put('k/a', '2'))
      await timers.settle()
      expect(recorded.lines).toEqual([`${first + 1}`, `${first + 2} +k/a=2`])
    })

    it('waits for a revision to come', async () => {
      const recorded = new RecordedWatch(store, keyRange('k'), first + 2)
      await write(store, put('k', '1'))
      await write(store, put('k', '2'))
      await timers.settle()
      expect(recorded.lines).toEqual([`${first + 2} +k=2`])
    })

    it('tells of keys that a lease takes away', async () => {
      const lease = await store.grantLease(1000)
      const recorded = new RecordedWatch(store, keyRange('k'), first + 1)
      await write(store, put('k', '1', lease.id))
      await timers.advance(1000)
      expect(recorded.lines).toEqual([`${first + 1} +k=1`, `${first + 2} -k`])
    })

    it('keeps the order when a listener writes', async () => {
      const seen: number[] = []
      const onEnd = () => {}
      const onRevision = (revision: number) => {
        if (revision < first + 3) void write(store, put('k', String(revision)))
      }
      store.watch({ range: keyRange('k'), fromRevision: first + 1, onEnd, onRevision })
      store.watch({ range: keyRange('k'), fromRevision: first + 1, onEnd, onRevision: revision => seen.push(revision) })
      await write(store, put('k', 'first'))
      await timers.settle()
      expect(seen).toEqual([first + 1, first + 2, first + 3])
    })

    it('delivers nothing after it was closed', async () => {
      const recorded = new RecordedWatch(store, keyRange('k'), first + 1)
      const written = write(store, put('k', '1'))
      recorded.watch.close()
      await written
      await timers.settle()
      expect([...recorded.lines, ...recorded.endCodes]).toEqual([])
    })

    it('ends when the revisions it asks for were compacted', async () => {
      const one = await write(store, put('k', '1'))
      const two = await write(store, put('k', '2'))
      store.compact(two)
      const tooLate = new RecordedWatch(store, keyRange('k'), one)
      const inTime = new RecordedWatch(store, keyRange('k'), two + 1)
      await timers.settle()
      expect([tooLate.endCodes, inTime.endCodes]).toEqual([['COMPACTED'], []])
    })

    it('ends when the store is closed', async () => {
      const recorded = new RecordedWatch(store, keyRange('k'), first + 1)
      await store.close()
      await timers.settle()
      expect(recorded.endCodes).toEqual(['CLOSED'])
    })
  })

  describe('close', () => {
    it('finishes what was begun and refuses what comes later', async () => {
      const begun = write(store, put('k', '1'))
      await store.close()
      expect(await begun).toBe(first + 1)
      const late = [
        store.range(keyRange('k')),
        store.transaction({ compares: [], success: [] }),
        store.grantLease(1),
        store.keepAlive('1'),
        store.revokeLease('1'),
      ]
      expect(await Promise.all(late.map(codeOf))).toEqual(Array(5).fill('CLOSED'))
      await store.close()
    })
  })
}
