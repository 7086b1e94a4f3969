import type { Disk } from '../../src/io/disk'
import { MemoryDisk } from '../../src/io/memory/memory-disk'

/** All files of a disk by path. */
export type DiskImage = ReadonlyMap<string, Buffer>

export const imageOf = (disk: Disk, directory: string): DiskImage => {
  const image = new Map<string, Buffer>()
  for (const name of disk.list(directory)) {
    const path = `${directory}/${name}`
    if (!disk.stat(path)?.isDirectory) image.set(path, disk.readFile(path)!)
    else for (const [inner, content] of imageOf(disk, path)) image.set(inner, content)
  }
  return image
}

/** A disk with the files of `image`, some of them with other content. */
export const diskFrom = (image: DiskImage, changes: DiskImage = new Map()): MemoryDisk => {
  const disk = new MemoryDisk()
  for (const [path, content] of new Map([...image, ...changes])) {
    disk.makeDirectory(path.slice(0, path.lastIndexOf('/')))
    const file = disk.open(path, 'create')
    file.writeSync([content], 0)
    file.close()
  }
  return disk
}
