import { errorName } from '../../protocol/errors'
import { DeleteTopics } from '../../protocol/messages/20-delete-topics'
import { CoordinatorRuntime } from '../../src/coordinator/coordinator-runtime'
import {
  CoordinatorFailure,
  type CoordinatorShard,
  type LoggedRecord,
  type Transition,
} from '../../src/coordinator/coordinator-shard'
import { TestBroker } from '../support/test-broker'

const TOPIC = 'state'

class Notes implements CoordinatorShard {
  readonly partition: number
  readonly notes: string[] = []
  closedWith = 0

  constructor(partition: number) {
    this.partition = partition
  }

  replay({ value }: LoggedRecord): void {
    this.notes.push(value!.toString())
  }

  replayMarker(): void {}
  activate(): void {}

  close(errorCode: number): void {
    this.closedWith = errorCode
  }
}

let broker: TestBroker
let runtime: CoordinatorRuntime<Notes>
const shards: Notes[] = []

beforeEach(async () => {
  broker = await TestBroker.start()
  shards.length = 0
  const { cache, partitions } = broker.broker
  runtime = new CoordinatorRuntime<Notes>({
    topic: TOPIC,
    makeShard: partition => {
      const shard = new Notes(partition)
      shards.push(shard)
      return shard
    },
    cache,
    partitions,
    clock: broker.clock,
    timers: broker.timers,
    logger: broker.logger,
  })
  runtime.start()
})

afterEach(async () => {
  runtime.close()
  await broker.close()
})

const ask = async <Response>(id: string, question: (shard: Notes) => Response) => runtime.ask(id, question)

const failureOf = async (work: Promise<unknown>) => {
  const error = await broker.until(work.catch((failure: unknown) => failure))
  return error instanceof CoordinatorFailure ? errorName(error.errorCode) : error
}

const run = async <Response>(id: string, operation: () => Transition<Response>) => runtime.run(id, operation)

const note = (id: string) =>
  broker.until(run(id, () => ({ records: [{ key: Buffer.from(id), value: Buffer.from(id) }], response: id })))

test('without its topic it coordinates nothing', async () => {
  expect(runtime.partitionOf('id')).toBe(-1)
  expect(await failureOf(ask('id', () => 1))).toBe('NOT_COORDINATOR')
  expect(await broker.until(runtime.askAll(() => 1))).toEqual([])
})

test('every id has its partition, by the hash that Kafka takes', async () => {
  await broker.createTopic(TOPIC, { partitions: 50 })
  expect(['group', 'polygenelubricants', 'a', ''].map(id => runtime.partitionOf(id))).toEqual([47, 0, 47, 0])
})

test('begins with the topic: one shard for each partition, which is asked when it is loaded', async () => {
  await broker.createTopic(TOPIC, { partitions: 4 })
  await broker.until(runtime.loaded('a'))
  for (const id of ['a', 'b', 'c', 'd', 'e']) expect(await note(id)).toBe(id)
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    const { partition, notes } = shards[runtime.partitionOf(id)]!
    expect([partition, notes]).toEqual([runtime.partitionOf(id), expect.arrayContaining([id])])
  }
  const all = await broker.until(runtime.askAll(({ notes }) => notes))
  expect(all.flat().sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('a transition for all shards waits for those that are still loading', async () => {
  await broker.createTopic(TOPIC, { partitions: 2 })
  const record = { key: Buffer.from('k'), value: Buffer.from('everywhere') }
  await broker.until(runtime.runAll(() => ({ records: [record], response: undefined })))
  expect(shards.map(({ notes }) => notes)).toEqual([['everywhere'], ['everywhere']])
})

test('ends with the topic: shards are closed, and nobody waits any more', async () => {
  await broker.createTopic(TOPIC, { partitions: 2 })
  await note('a')
  await broker.ask(DeleteTopics, 5, { topicNames: [TOPIC], timeoutMs: 1_000 })
  expect(shards.map(({ closedWith }) => errorName(closedWith))).toEqual(['NOT_COORDINATOR', 'NOT_COORDINATOR'])
  expect(await failureOf(note('a'))).toBe('NOT_COORDINATOR')
})

test('brings back what was written when it is made anew', async () => {
  await broker.createTopic(TOPIC, { partitions: 1 })
  await note('a')
  await note('b')
  runtime.close()
  const { cache, partitions } = broker.broker
  const again = new CoordinatorRuntime<Notes>({
    topic: TOPIC,
    makeShard: partition => new Notes(partition),
    cache,
    partitions,
    clock: broker.clock,
    timers: broker.timers,
    logger: broker.logger,
  })
  again.start()
  await broker.until(again.loaded('a'))
  expect(again.ask('a', ({ notes }) => notes)).toEqual(['a', 'b'])
  again.close()
})
