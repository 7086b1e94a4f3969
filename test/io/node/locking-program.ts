import { NodeDisk } from '../../../src/io/node/node-disk'

/** Tries to take the lock named by its argument, says how that went, and holds it until stdin ends. */
const disk = new NodeDisk()
try {
  disk.lock(process.argv[2]!)
  process.stdout.write('locked\n')
} catch (error) {
  process.stdout.write(`${(error as NodeJS.ErrnoException).code}\n`)
}
process.stdin.resume()
