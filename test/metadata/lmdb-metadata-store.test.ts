import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { open as openLmdb } from 'lmdb'
import { LmdbMetadataStore } from '../../src/metadata/lmdb-metadata-store'
import { keyRange, prefixRange } from '../../src/metadata/metadata-store'
import { childProgram, ended } from '../support/child-program'
import { codeOf, describeMetadataStore, put, remove, write } from '../support/metadata-store-contract'
import { temporaryDirectory } from '../support/temporary-directory'
import { virtualTime } from '../support/virtual-time'

const { timers } = virtualTime()
const freshPath = () => join(temporaryDirectory(), 'metadata.lmdb')
const open = (path: string) => LmdbMetadataStore.open(path, { timers })

describe('the metadata store in an LMDB file', () => {
  describeMetadataStore(ownTimers => LmdbMetadataStore.open(freshPath(), { timers: ownTimers }))

  it('makes plain files only, which a Kafka that opens the directory passes over', async () => {
    const path = freshPath()
    const store = await open(path)
    await write(store, put('k', '1'))
    await store.close()
    const directory = join(path, '..')
    const names = readdirSync(directory)
    expect(names).toEqual(['metadata.lmdb', 'metadata.lmdb-lock'])
    expect(names.filter(name => statSync(join(directory, name)).isDirectory())).toEqual([])
  })

  it('opens with the keys and the revision it was closed with', async () => {
    const path = freshPath()
    const before = await open(path)
    await write(before, put('a', '1'), put('b', 'Grüße'))
    await write(before, put('a', '2'))
    const revision = await write(before, remove(keyRange('b')), put('c', '3'))
    const content = await before.range({ start: 'a', end: 'z' })
    await before.close()

    const after = await open(path)
    expect(await after.range({ start: 'a', end: 'z' })).toEqual(content)
    expect(content.revision).toBe(revision)
    expect(await write(after, put('d', '4'))).toBe(revision + 1)
    await after.close()
  })

  it('has no history from before it was opened', async () => {
    const path = freshPath()
    const before = await open(path)
    const revision = await write(before, put('a', '1'))
    await before.close()
    const after = await open(path)
    const ends: string[] = []
    const onEnd = ({ code }: { code: string }) => ends.push(code)
    after.watch({ range: keyRange('a'), fromRevision: revision, onRevision() {}, onEnd })
    await timers.settle()
    expect(ends).toEqual(['COMPACTED'])
    expect(await codeOf(after.range(keyRange('a'), { revision: revision - 1 }))).toBe('COMPACTED')
    await after.close()
  })

  it('lets leases die with the process: their keys are gone under a new revision', async () => {
    const path = freshPath()
    const before = await open(path)
    const lease = await before.grantLease(60_000)
    const revision = await write(before, put('leased', '1', lease.id), put('other', '1'))
    await before.close()
    const after = await open(path)
    const { keyValues, revision: now } = await after.range({ start: 'a', end: 'z' })
    expect(keyValues.map(({ key }) => key)).toEqual(['other'])
    expect(now).toBe(revision + 1)
    await after.close()
  })

  it('refuses a file of another format', async () => {
    const path = freshPath()
    const store = await open(path)
    await write(store, put('a', '1'))
    await store.close()
    const root = openLmdb({ path, noSubdir: true, maxDbs: 2 })
    await root.openDB({ name: 'facts' }).put('format', 2)
    await root.close()
    await expect(open(path)).rejects.toThrow('the metadata store has format 2, this version of Odradek reads format 1')
  })

  it.each([1, 25])(
    'has on the disk what was written when the process is killed as soon as write %i has returned',
    async count => {
      const path = freshPath()
      const child = childProgram(join(__dirname, 'lmdb-writer.ts'), [path, String(count)], 'ignore')
      expect(await ended(child)).toBe('SIGKILL')
      const store = await open(path)
      const { keyValues } = await store.range(keyRange('count'))
      expect(keyValues).toMatchObject([{ value: String(count), version: count }])
      expect((await store.range(prefixRange('number/'))).keyValues).toHaveLength(count)
      expect((await store.range(keyRange('leased'))).keyValues).toEqual([])
      await store.close()
    },
  )
})
