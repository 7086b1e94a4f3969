import { type ImportOptions, importLogs } from '../../src/cli/import-logs'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { SeededRandom } from '../../src/io/memory/seeded-random'
import { MemoryMetadataStore } from '../../src/metadata/memory-metadata-store'
import { MetadataKeys } from '../../src/metadata/metadata-keys'
import type { MetadataStore } from '../../src/metadata/metadata-store'
import { decodeTopic, type TopicValue } from '../../src/metadata/metadata-values'
import { kafkaData } from './kafka-data'
import { virtualTime } from './virtual-time'

export const KAFKA = '/kafka'
export const TARGET = '/data'
/** Of the golden Kafka, and so of a new target. */
const CLUSTER_ID = 'b2RyYWRlay1vcmFjbGUxMg'
const NODE_ID = 1

/** A disk with the golden data of a Kafka, and the metadata of a broker. */
export class ImportWorld {
  readonly disk: MemoryDisk
  readonly random = new SeededRandom(1)
  readonly store: MetadataStore = new MemoryMetadataStore(virtualTime())
  readonly keys = new MetadataKeys(CLUSTER_ID)
  /** Totals that were announced, and bytes that were told to be done. */
  readonly announced: number[] = []
  copied = 0

  constructor(disk = new MemoryDisk()) {
    this.disk = kafkaData('stopped', disk, KAFKA)
  }

  /** Runs an import to its end and returns what it said. */
  async import(changes: Partial<ImportOptions> = {}): Promise<string[]> {
    const lines: string[] = []
    const options = {
      disk: this.disk,
      random: this.random,
      sources: [KAFKA],
      target: TARGET,
      nodeId: NODE_ID,
      openStore: async () => this.openedStore,
      progress: {
        start: (totalBytes: number) => this.announced.push(totalBytes),
        advance: (bytes: number) => {
          this.copied += bytes
        },
        stop() {},
      },
      ...changes,
    }
    for await (const line of importLogs(options)) lines.push(line)
    return lines
  }

  /** The store as an import sees it: closing it leaves it open for the next one. */
  get openedStore(): MetadataStore {
    const { store } = this
    return {
      range: (range, options) => store.range(range, options),
      transaction: transaction => store.transaction(transaction),
      grantLease: timeToLiveMs => store.grantLease(timeToLiveMs),
      keepAlive: leaseId => store.keepAlive(leaseId),
      revokeLease: leaseId => store.revokeLease(leaseId),
      watch: options => store.watch(options),
      close: async () => {},
    }
  }

  /** The topics in the metadata by name. */
  async topics(): Promise<Map<string, TopicValue>> {
    const { keyValues } = await this.store.range(this.keys.topics)
    return new Map(keyValues.map(decodeTopic).map(topic => [topic.name, topic]))
  }

  write(path: string, content: Buffer | string): void {
    const file = this.disk.open(path, 'create')
    file.truncate(0)
    file.writeSync([Buffer.from(content)], 0)
    file.close()
  }

  text(path: string): string | undefined {
    return this.disk.readFile(path)?.toString()
  }

  /** Names and contents of the files in a folder; of one that is absent nothing. */
  filesIn(folder: string): Map<string, string> {
    const names = this.disk.stat(folder) ? this.disk.list(folder) : []
    return new Map(names.map(name => [name, this.disk.readFile(`${folder}/${name}`)!.toString('base64')]))
  }
}
