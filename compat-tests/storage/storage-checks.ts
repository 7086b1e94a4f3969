import fs from 'node:fs'
import path from 'node:path'
import { Kafka, producerPerformance } from '../kafka'
import { kcatConsume, kcatGroup } from '../kcat'
import { Odradek, odradek } from '../odradek'
import { type SuiteRun, sameLines } from '../suite'
import { dumpWithComplaint, dumpWithoutComplaint } from './dump-checks'
import { IdempotentProducer } from './idempotent-producer'
import { TopicViews } from './topic-views'
import { until } from './until'
import { CODECS, createTopic, deleteRecordsBefore, produceCodecs, produceTransactions } from './workload'

const MIXED = 'mixed'
const TRANSACTIONS = 'transactions'
const JAVA = 'java'
const IDEMPOTENT = 'idempotent'
const OURS = 'ours'
const OF_KAFKA = [MIXED, TRANSACTIONS, JAVA, IDEMPOTENT]
const ALL = [...OF_KAFKA, OURS]
const GROUP = 'compat-group'
const GROUP_RECORDS = 100
/** Within a segment, so that only a checkpoint tells it. */
const DELETED_RECORDS = 137
const JAVA_RECORDS = 20_000
/** More batches than a broker remembers of a producer. */
const IDEMPOTENT_BATCHES = 7
const PRODUCER_ID = 1_000_001
const LOG_START_OFFSETS = 'log-start-offset-checkpoint'
/** A Kafka that soon makes snapshots of its metadata, and soon writes down where logs start. */
const KAFKA_SETTINGS = {
  'metadata.log.max.record.bytes.between.snapshots': '2000',
  'log.flush.start.offset.checkpoint.interval.ms': '500',
}

const SNAPSHOT = /^0*[1-9]\d*-\d+\.checkpoint$/

/**
 * A Kafka is filled, killed and copied, then started again and stopped in order. Both states are imported and served by ours. Ours appends
 * to what it took over and to a topic of its own, is killed, recovers and appends again. Kafka's tools look at all files of that, and a new
 * Kafka is given the folders.
 */
export class StorageChecks {
  readonly #run: SuiteRun
  readonly #command: string
  readonly #views = new TopicViews()

  constructor(run: SuiteRun, command: string) {
    this.#run = run
    this.#command = command
  }

  async all(): Promise<void> {
    const { killed, stopped, producer } = await this.#fillKafka()
    await this.#check('a Kafka that was killed: its directory opens in ours', () =>
      this.#serveImported(killed, 'killed', producer.copy()),
    )
    const data = this.#path('ours')
    await this.#check('a Kafka that was stopped: its directory opens in ours', () =>
      this.#serveImported(stopped, 'ours', producer),
    )
    await this.#check('a consumer group of Kafka goes on in ours', () => this.#continueGroup(data))
    await this.#appendOurs(data, producer)
    await this.#dump('what our recovery made of the killed Kafka', this.#path('killed'), TRANSACTIONS, [])
    for (const topic of ALL) {
      await this.#dump('our folder', data, topic, [JAVA, IDEMPOTENT].includes(topic) ? [] : CODECS)
    }
    await this.#check('DumpLogSegments does complain about damaged files', () =>
      dumpWithComplaint(this.#command, path.join(data, `${OURS}-0`), this.#path('damaged')),
    )
    await this.#moveToKafka(data, producer)
  }

  #path(...names: readonly string[]): string {
    return path.join(this.#run.directory, ...names)
  }

  #check(name: string, work: () => Promise<string>): Promise<void> {
    return this.#run.check(name, work)
  }

  /** Returns copies of its log directory: of one that was killed, and of one that was stopped. And a producer that it knows. */
  async #fillKafka(): Promise<{ killed: string; stopped: string; producer: IdempotentProducer }> {
    this.#run.say('a Kafka starts and is filled')
    const kafka = await this.#startKafka('kafka')
    await createTopic(kafka.bootstrap, MIXED)
    await createTopic(kafka.bootstrap, TRANSACTIONS)
    await createTopic(kafka.bootstrap, JAVA, { 'message.timestamp.type': 'LogAppendTime', 'segment.bytes': '1048576' })
    await produceCodecs(kafka.bootstrap, MIXED, 'kafka')
    await deleteRecordsBefore(kafka.bootstrap, MIXED, DELETED_RECORDS)
    await until(() => readIfThere(path.join(kafka.logDirectory, LOG_START_OFFSETS)).includes(`${MIXED} 0 `))
    await produceTransactions(kafka.bootstrap, TRANSACTIONS, 40)
    for (const codec of ['none', 'zstd']) await this.#produceWithJava(kafka.bootstrap, JAVA, codec)
    await createTopic(kafka.bootstrap, IDEMPOTENT)
    const producer = await IdempotentProducer.start(kafka.bootstrap, IDEMPOTENT, PRODUCER_ID, IDEMPOTENT_BATCHES)
    await kcatGroup(kafka.bootstrap, GROUP, MIXED, GROUP_RECORDS)
    await this.#views.look(kafka.bootstrap, OF_KAFKA)
    await this.#refuseRunning(kafka)
    await kafka.kill()
    const killed = this.#copy(kafka.logDirectory, 'kafka-killed')
    this.#run.say('the Kafka starts again and is stopped in order')
    await kafka.start()
    await kafka.stop()
    return { killed, stopped: kafka.logDirectory, producer }
  }

  async #refuseRunning(kafka: Kafka): Promise<void> {
    const name = 'a Kafka that runs is left alone'
    if (!fs.existsSync('/proc/locks')) return this.#run.skip(name, 'this system does not tell who holds a lock')
    await this.#check(name, async () => {
      const refusal = await odradek('import', kafka.logDirectory, '--data', this.#path('running')).then(
        () => 'it was imported',
        (error: Error) => error.message,
      )
      if (!refusal.includes('is in use')) throw new Error(refusal)
      return refusal.slice(refusal.indexOf('odradek: '))
    })
  }

  async #serveImported(directory: string, data: string, producer: IdempotentProducer): Promise<string> {
    const summary = (await odradek('import', directory, '--data', this.#path(data))).trim().split('\n').at(-2)
    const snapshots = fs.readdirSync(path.join(directory, '__cluster_metadata-0')).filter(name => SNAPSHOT.test(name))
    return this.#withOurs(this.#path(data), async broker => {
      const seen = await this.#views.compare(broker.bootstrap, OF_KAFKA)
      const described = await odradek('topics', 'describe', JAVA, '-b', broker.bootstrap)
      if (!described.includes('message.timestamp.type=LogAppendTime')) throw new Error(`settings lack: ${described}`)
      const known = await producer.goOn(broker.bootstrap)
      return `${summary}, settings from ${snapshots.length} snapshots and the log\nkcat sees what it saw at Kafka: ${seen}\n${known}`
    })
  }

  #continueGroup(data: string): Promise<string> {
    return this.#withOurs(data, async broker => {
      const first = await kcatGroup(broker.bootstrap, GROUP, MIXED, 1)
      const [, , offset] = first.split(' ')
      if (offset !== String(DELETED_RECORDS + GROUP_RECORDS)) throw new Error(`it went on at ${first}`)
      return `${GROUP_RECORDS} records read and committed at Kafka, the next one read from ours has offset ${offset}`
    })
  }

  /** Behind what was imported, and in a topic of ours, with an unclean stop in between. */
  async #appendOurs(data: string, producer: IdempotentProducer): Promise<void> {
    this.#run.say('our broker appends, is killed and appends again')
    const broker = await Odradek.start(data)
    this.#run.atEnd(() => broker.stop())
    await createTopic(broker.bootstrap, OURS)
    for (const topic of [OURS, TRANSACTIONS, MIXED]) await produceCodecs(broker.bootstrap, topic, 'before the kill')
    await deleteRecordsBefore(broker.bootstrap, OURS, DELETED_RECORDS)
    await this.#produceWithJava(broker.bootstrap, JAVA, 'lz4')
    await producer.produce(broker.bootstrap, IDEMPOTENT_BATCHES)
    await this.#views.look(broker.bootstrap, ALL)
    await broker.kill()
    await this.#check('our broker recovers after a kill -9', () =>
      this.#withOurs(data, async recovered => {
        const seen = await this.#views.compare(recovered.bootstrap, ALL)
        const known = await producer.goOn(recovered.bootstrap)
        for (const topic of [OURS, TRANSACTIONS]) await produceCodecs(recovered.bootstrap, topic, 'after the kill')
        await this.#views.look(recovered.bootstrap, ALL)
        return `${seen}\n${known}`
      }),
    )
  }

  #dump(whose: string, directory: string, topic: string, codecs: readonly string[]): Promise<void> {
    return this.#check(`DumpLogSegments reads ${whose} without complaint: ${topic}-0`, () =>
      dumpWithoutComplaint(this.#command, path.join(directory, `${topic}-0`), codecs),
    )
  }

  /** Topics are made in a new Kafka; then their folders are replaced by ours, with the new topic ids; and where logs start is told. */
  async #moveToKafka(data: string, producer: IdempotentProducer): Promise<void> {
    this.#run.say('another Kafka starts and is given our folders')
    const kafka = await this.#startKafka('kafka-with-ours')
    for (const topic of ALL) await createTopic(kafka.bootstrap, topic)
    await kafka.stop()
    for (const topic of ALL) {
      const folder = path.join(kafka.logDirectory, `${topic}-0`)
      const metadata = fs.readFileSync(path.join(folder, 'partition.metadata'))
      fs.rmSync(folder, { recursive: true })
      fs.cpSync(path.join(data, `${topic}-0`), folder, { recursive: true })
      fs.writeFileSync(path.join(folder, 'partition.metadata'), metadata)
    }
    fs.copyFileSync(path.join(data, LOG_START_OFFSETS), path.join(kafka.logDirectory, LOG_START_OFFSETS))
    await kafka.start()
    await this.#check('a Kafka serves our folders', () => this.#views.compare(kafka.bootstrap, ALL))
    await this.#check('an idempotent producer of ours goes on in a Kafka', () => producer.goOn(kafka.bootstrap))
    await this.#check('a Kafka appends to our folders', () => this.#appendAtKafka(kafka))
    await kafka.stop()
    await this.#dump('what a Kafka made of our folder', kafka.logDirectory, OURS, CODECS)
  }

  async #appendAtKafka(kafka: Kafka): Promise<string> {
    const before = this.#views.recordsOf(OURS)
    await this.#produceWithJava(kafka.bootstrap, OURS, 'snappy')
    await produceTransactions(kafka.bootstrap, OURS, 3)
    const after = await kcatConsume(kafka.bootstrap, OURS, 'read_uncommitted')
    const kept = sameLines('what was there before', after.slice(0, before.length), before)
    const added = after.slice(before.length).split('\n').length - 1
    const lastOffset = before.trim().split('\n').at(-1)!.split(' ')[2]
    const nextOffset = after.slice(before.length).split(' ')[2]
    if (Number(nextOffset) !== Number(lastOffset) + 1) throw new Error(`after ${lastOffset} comes ${nextOffset}`)
    return `${added} records behind our ${kept}, from offset ${nextOffset} on`
  }

  async #startKafka(name: string): Promise<Kafka> {
    const kafka = await Kafka.create(this.#command, this.#path(name), KAFKA_SETTINGS)
    this.#run.atEnd(() => kafka.stop())
    return kafka
  }

  async #produceWithJava(bootstrap: string, topic: string, codec: string): Promise<void> {
    await producerPerformance(this.#command, bootstrap, { topic, codec, count: JAVA_RECORDS })
  }

  async #withOurs(data: string, use: (broker: Odradek) => Promise<string>): Promise<string> {
    const broker = await Odradek.start(data)
    try {
      return await use(broker)
    } finally {
      await broker.stop()
    }
  }

  #copy(from: string, to: string): string {
    fs.cpSync(from, this.#path(to), { recursive: true })
    return this.#path(to)
  }
}

const readIfThere = (file: string): string => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '')
