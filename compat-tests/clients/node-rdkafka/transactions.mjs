import { check, expect, numbers, prefix, until } from '../contract/contract.mjs'
import {
  call,
  committed,
  flush,
  member,
  produce,
  producer,
  readTo,
  send,
  topicOf,
  valuesOf,
  WAIT_MS,
} from './broker.mjs'

const begun = async id => {
  const it = await producer({ 'transactional.id': prefix + id })
  await call(it, 'initTransactions', WAIT_MS)
  await call(it, 'beginTransaction')
  return it
}

/** The first transaction is aborted. */
const copy = async () => {
  const [input, output] = [await topicOf('input'), await topicOf('output')]
  await send(input, numbers(20))
  const it = await begun('copy')
  for (const isGood of [false, true]) {
    const reader = await member(input, { group: input, 'enable.auto.commit': false })
    await until('the input', () => reader.seen.length >= 20)
    produce(it, output, valuesOf(reader.seen))
    await flush(it)
    await call(it, 'sendOffsetsToTransaction', [{ topic: input, partition: 0, offset: 20 }], reader, WAIT_MS)
    await call(it, isGood ? 'commitTransaction' : 'abortTransaction', WAIT_MS)
    if (!isGood) {
      expect('offsets after the abort', await committed(input, input), [0])
      await call(it, 'beginTransaction')
    }
    await reader.close()
  }
  await send(output, ['end'])
  expect('offsets', await committed(input, input), [20])
  expect('values', valuesOf(await readTo(output, 'end')), [...numbers(20), 'end'])
}

const fence = async topic => {
  const old = await begun('fence')
  produce(old, topic, ['old'])
  await flush(old)
  const young = await begun('fence')
  produce(young, topic, ['young'])
  const failure = await call(old, 'commitTransaction', WAIT_MS).then(
    () => 'none',
    error => error,
  )
  expect('the failure is fatal', failure.isFatal, true)
  await call(young, 'commitTransaction', WAIT_MS)
  expect('values', valuesOf(await readTo(topic, 'young')), ['c0', 'c1', 'end', 'young'])
}

export const transactions = {
  async transactions() {
    const topic = await topicOf('transactions')
    const it = await begun('tx')
    produce(it, topic, ['a0', 'a1'])
    await flush(it)
    await call(it, 'abortTransaction', WAIT_MS)
    await call(it, 'beginTransaction')
    produce(it, topic, ['c0', 'c1'])
    await call(it, 'commitTransaction', WAIT_MS)
    await send(topic, ['end'])
    const read = async level => valuesOf(await readTo(topic, 'end', { 'isolation.level': level }))
    await check('read_committed', async () => expect('values', await read('read_committed'), ['c0', 'c1', 'end']))
    const all = ['a0', 'a1', 'c0', 'c1', 'end']
    await check('read_uncommitted', async () => expect('values', await read('read_uncommitted'), all))
    await check('copy with offsets', copy)
    await check('an older producer is fenced', () => fence(topic))
  },
}
