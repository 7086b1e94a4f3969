import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { readMetaProperties, writeMetaProperties } from '../../src/log/meta-properties'

const FILE = '/meta.properties'

const diskWith = (content: string): MemoryDisk => {
  const disk = new MemoryDisk()
  disk.replaceFile(FILE, content)
  return disk
}

test('cluster, node and directory are written with version 1, and read', () => {
  const disk = new MemoryDisk()
  const properties = { clusterId: 'b2RyYWRlay1vcmFjbGUxMg', nodeId: 4, directoryId: 'Rv4yO2zMuGq3qWkeCOBmWg' }
  writeMetaProperties(disk, '', properties)
  expect(disk.readFile(FILE)?.toString()).toBe(
    'cluster.id=b2RyYWRlay1vcmFjbGUxMg\ndirectory.id=Rv4yO2zMuGq3qWkeCOBmWg\nnode.id=4\nversion=1\n',
  )
  expect(readMetaProperties(disk, '')).toEqual(properties)
})

test('what is not known is left out', () => {
  const disk = new MemoryDisk()
  const properties = { clusterId: null, nodeId: 4, directoryId: null }
  writeMetaProperties(disk, '', properties)
  expect(disk.readFile(FILE)?.toString()).toBe('node.id=4\nversion=1\n')
  expect(readMetaProperties(disk, '')).toEqual(properties)
})

test('characters that mean something in a properties file are escaped', () => {
  const disk = new MemoryDisk()
  const properties = { clusterId: 'a=b:c#d!e\\f', nodeId: null, directoryId: null }
  writeMetaProperties(disk, '', properties)
  expect(readMetaProperties(disk, '')).toEqual(properties)
})

test('the comments that Java writes are passed over', () => {
  const disk = diskWith('#\n#Sat Nov 21 11:03:56 UTC 2026\nnode.id=1\nversion=1\ncluster.id=abc\n')
  expect(readMetaProperties(disk, '')).toEqual({ clusterId: 'abc', nodeId: 1, directoryId: null })
})

test('version 0, which names the broker, is understood', () => {
  expect(readMetaProperties(diskWith('version=0\nbroker.id=3\n'), '')).toMatchObject({ nodeId: 3 })
})

test('a missing file is no damage', () => {
  expect(readMetaProperties(new MemoryDisk(), '')).toBeNull()
})

test.each([
  ['version=2\nnode.id=1\n', 'has version 2'],
  ['version=1\nnode.id=one\n', 'says that the node is one'],
  ['version=1\ncluster.id=\\u12\n', 'line 2'],
])('%j is damaged', (content, reason) => {
  expect(() => readMetaProperties(diskWith(content), '')).toThrow(reason)
})
