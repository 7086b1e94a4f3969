import { statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NodeDisk } from '../../src/io/node/node-disk'
import { checkLmdbFile } from '../../src/metadata/lmdb-file'
import { LmdbMetadataStore } from '../../src/metadata/lmdb-metadata-store'
import { put, write } from '../support/metadata-store-contract'
import { temporaryDirectory } from '../support/temporary-directory'
import { virtualTime } from '../support/virtual-time'

const check = (path: string) => () => checkLmdbFile(new NodeDisk(), path)

/** The file of a store that was written `writes` times. */
const written = async (writes: number): Promise<string> => {
  const path = join(temporaryDirectory(), 'metadata.lmdb')
  const store = await LmdbMetadataStore.open(path, virtualTime())
  for (let at = 0; at < writes; at++) await write(store, put(`key ${at}`, 'x'.repeat(1_000)))
  await store.close()
  return path
}

test('a file that is absent, empty or whole is well', async () => {
  const path = join(temporaryDirectory(), 'metadata.lmdb')
  expect(check(path)).not.toThrow()
  writeFileSync(path, '')
  expect(check(path)).not.toThrow()
  for (const writes of [0, 1, 2, 50]) expect(check(await written(writes))).not.toThrow()
})

test('a file that is something else is refused', async () => {
  const path = await written(3)
  writeFileSync(path, 'x'.repeat(statSync(path).size))
  expect(check(path)).toThrow(`the metadata file ${path} does not begin as it should`)
})

test('a file that was cut off within its beginning, or before a root, is refused', async () => {
  const path = await written(50)
  truncateSync(path, 3 * 4096)
  expect(check(path)).toThrow(`the metadata file ${path} is cut off`)
  truncateSync(path, 100)
  expect(check(path)).toThrow('does not begin as it should')
})
