import { ErrorCode, errorName } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { encodeBatch } from '../../protocol/records/record-batch'
import { addressOf, WireClient } from '../differential/wire-client'

const RECORDS = 3
const PRODUCER_EPOCH = 2

/** The last batch that was accepted. */
interface Accepted {
  readonly baseSequence: number
  readonly baseOffset: number
}

/** Sends batches with sequences of its choice, to see what a broker knows of it that has got the files of another one. */
export class IdempotentProducer {
  readonly #topic: string
  readonly #producerId: number
  #last: Accepted

  private constructor(topic: string, producerId: number, last: Accepted) {
    this.#topic = topic
    this.#producerId = producerId
    this.#last = last
  }

  /** A producer that a topic with one partition has not seen yet, and that sends `batches` batches. */
  static async start(bootstrap: string, topic: string, producerId: number, batches: number) {
    const producer = new IdempotentProducer(topic, producerId, { baseSequence: -RECORDS, baseOffset: -1 })
    await producer.produce(bootstrap, batches)
    return producer
  }

  async produce(bootstrap: string, batches: number): Promise<void> {
    await this.#connected(bootstrap, async client => {
      for (let n = 0; n < batches; n++) await this.#next(client)
    })
  }

  /** The same producer, to be seen by another broker with the same files. */
  copy(): IdempotentProducer {
    return new IdempotentProducer(this.#topic, this.#producerId, this.#last)
  }

  /** Throws unless the broker knows the last batch again, refuses what would leave a gap, and takes what follows. */
  async goOn(bootstrap: string): Promise<string> {
    return this.#connected(bootstrap, async client => {
      const { baseSequence, baseOffset } = this.#last
      const retry = await this.#send(client, baseSequence)
      if (retry.errorCode !== ErrorCode.NONE || retry.baseOffset !== baseOffset) {
        throw new Error(`a retry of sequence ${baseSequence} at ${baseOffset} is answered with ${textOf(retry)}`)
      }
      const gap = await this.#send(client, baseSequence + 2 * RECORDS)
      if (gap.errorCode !== ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER) throw new Error(`a gap is ${textOf(gap)}`)
      await this.#next(client)
      return `sequence ${baseSequence} again is offset ${baseOffset} again, a gap is refused, the next is offset ${this.#last.baseOffset}`
    })
  }

  async #next(client: WireClient): Promise<void> {
    const baseSequence = this.#last.baseSequence + RECORDS
    const answer = await this.#send(client, baseSequence)
    if (answer.errorCode !== ErrorCode.NONE || answer.baseOffset <= this.#last.baseOffset) {
      throw new Error(`sequence ${baseSequence} is answered with ${textOf(answer)}`)
    }
    this.#last = { baseSequence, baseOffset: answer.baseOffset }
  }

  async #send(client: WireClient, baseSequence: number): Promise<ProduceAnswer> {
    const timestamp = Date.now()
    const records = encodeBatch({
      producerId: this.#producerId,
      producerEpoch: PRODUCER_EPOCH,
      baseSequence,
      records: Array.from({ length: RECORDS }, (_, n) => ({
        timestamp,
        value: Buffer.from(`sequence ${baseSequence + n}`),
      })),
    })
    const topicData = [{ name: this.#topic, partitionData: [{ index: 0, records }] }]
    const answer = await client.send(Produce, 9, { transactionalId: null, acks: -1, timeoutMs: 10_000, topicData })
    return answer.responses[0]!.partitionResponses[0]!
  }

  async #connected<Result>(bootstrap: string, use: (client: WireClient) => Promise<Result>): Promise<Result> {
    const client = await WireClient.connect(addressOf(bootstrap))
    try {
      return await use(client)
    } finally {
      client.close()
    }
  }
}

interface ProduceAnswer {
  readonly errorCode: number
  readonly baseOffset: number
}

const textOf = ({ errorCode, baseOffset }: ProduceAnswer): string => `${errorName(errorCode)}, offset ${baseOffset}`
