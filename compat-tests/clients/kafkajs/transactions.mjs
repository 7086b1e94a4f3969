import kafkajs from 'kafkajs'
import { check, expect, numbers, prefix, until } from '../contract/contract.mjs'
import { committed, consumer, messages, producer, readTo, send, textOf, topicOf } from './broker.mjs'

const failureOf = async promise =>
  (
    await promise.then(
      () => null,
      error => error,
    )
  )?.type ?? 'no error'

export const transactions = {
  async transactions() {
    const options = id => ({ transactionalId: prefix + id, maxInFlightRequests: 1, idempotent: true })
    const topic = await topicOf('transactions')
    const it = await producer(options('tx'))
    const aborted = await it.transaction()
    await aborted.send({ topic, messages: messages(['a0', 'a1']) })
    await aborted.abort()
    const good = await it.transaction()
    await good.send({ topic, messages: messages(['c0', 'c1']) })
    await good.commit()
    await it.disconnect()
    await send(topic, ['end'])
    await check('read_committed', async () =>
      expect('values', (await readTo(topic, 'end')).map(textOf), ['c0', 'c1', 'end']),
    )
    await check('read_uncommitted', async () => {
      const seen = await readTo(topic, 'end', { readUncommitted: true })
      expect('values', seen.map(textOf), ['a0', 'a1', 'c0', 'c1', 'end'])
    })
    await check('copy with offsets', async () => {
      const [input, output, groupId] = [await topicOf('input'), await topicOf('output'), `${prefix}copy`]
      await send(input, numbers(20))
      const copier = await producer(options('copy'))
      let attempts = 0
      const eachBatch = async ({ batch }) => {
        const transaction = await copier.transaction()
        await transaction.send({ topic: output, messages: messages(batch.messages.map(textOf)) })
        const partitions = [{ partition: 0, offset: String(Number(batch.lastOffset()) + 1) }]
        await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic: input, partitions }] })
        if (attempts++ > 0) return transaction.commit()
        await transaction.abort()
        throw new kafkajs.KafkaJSError('again', { retriable: true })
      }
      const member = await consumer(input, {
        groupId,
        run: { autoCommit: false, eachBatch, eachBatchAutoResolve: true },
      })
      await until('the input is copied', async () => (await committed(groupId, input))[0] === 20)
      await member.disconnect()
      await copier.disconnect()
      await send(output, ['end'])
      expect('values', (await readTo(output, 'end')).map(textOf), [...numbers(20), 'end'])
    })
    await check('an older producer is fenced', async () => {
      const old = await producer(options('fence'))
      const begun = await old.transaction()
      await begun.send({ topic, messages: messages(['old']) })
      const young = await producer(options('fence'))
      const transaction = await young.transaction()
      await transaction.send({ topic, messages: messages(['young']) })
      const failure = await failureOf(begun.commit())
      if (!/INVALID_PRODUCER_EPOCH|PRODUCER_FENCED/.test(failure)) throw new Error(`the older one: ${failure}`)
      await transaction.commit()
      expect('values', (await readTo(topic, 'young')).map(textOf), ['c0', 'c1', 'end', 'young'])
    })
  },
}
