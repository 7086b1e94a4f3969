import { MessagesStreamModes } from '@platformatic/kafka'
import { check, expect, numbers, prefix, until } from '../contract/contract.mjs'
import { committed, member, messages, producer, readTo, send, topicOf, valuesOf } from './broker.mjs'

const transactional = id => producer({ transactionalId: prefix + id, idempotent: true, acks: -1 })

const copy = async () => {
  const [input, output] = [await topicOf('input'), await topicOf('output')]
  await send(input, numbers(20))
  const copier = transactional('copy')
  for (const isGood of [false, true]) {
    const reader = await member(input, { groupId: input, autocommit: false, mode: MessagesStreamModes.COMMITTED })
    await until('the input', () => reader.seen.length >= 20)
    const transaction = await copier.beginTransaction()
    await transaction.addConsumer(reader)
    await transaction.send({ messages: messages(output, valuesOf(reader.seen)) })
    await transaction.addOffset(reader.seen.at(-1))
    await (isGood ? transaction.commit() : transaction.abort())
    await reader.close(true)
    if (!isGood)
      expect(
        'offsets after the abort',
        (await committed(input, input)).filter(offset => offset >= 0),
        [],
      )
  }
  await copier.close()
  await send(output, ['end'])
  expect('offsets', await committed(input, input), [20])
  expect('values', valuesOf(await readTo(output, 'end', { isolationLevel: 1 })), [...numbers(20), 'end'])
}

const fence = async topic => {
  const [old, young] = [transactional('fence'), transactional('fence')]
  const begun = await old.beginTransaction()
  await begun.send({ messages: messages(topic, ['old']) })
  // It would ask for the producer id 0, which is that of no producer here.
  const transaction = await young.beginTransaction({ producerId: -1n, producerEpoch: -1 })
  await transaction.send({ messages: messages(topic, ['young']) })
  const failure = await begun.commit().then(
    () => 'none',
    error => JSON.stringify([error, ...(error.errors ?? [])]) + error.stack,
  )
  if (!/PRODUCER_FENCED|INVALID_PRODUCER_EPOCH/.test(failure)) throw new Error(`the older one: ${failure}`)
  await transaction.commit()
  expect('values', valuesOf(await readTo(topic, 'young', { isolationLevel: 1 })), ['c0', 'c1', 'end', 'young'])
}

export const transactions = {
  async transactions() {
    const topic = await topicOf('transactions')
    const it = transactional('tx')
    const aborted = await it.beginTransaction()
    await aborted.send({ messages: messages(topic, ['a0', 'a1']) })
    await aborted.abort()
    const good = await it.beginTransaction()
    await good.send({ messages: messages(topic, ['c0', 'c1']) })
    await good.commit()
    await it.close()
    await send(topic, ['end'])
    const read = async isolationLevel => valuesOf(await readTo(topic, 'end', { isolationLevel }))
    await check('read_committed', async () => expect('values', await read(1), ['c0', 'c1', 'end']))
    await check('read_uncommitted', async () => expect('values', await read(0), ['a0', 'a1', 'c0', 'c1', 'end']))
    await check('copy with offsets', copy)
    await check('an older producer is fenced', () => fence(topic))
  },
}
