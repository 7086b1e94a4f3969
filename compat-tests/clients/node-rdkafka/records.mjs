import { setTimeout as delay } from 'node:timers/promises'
import { absent, check, expect, numbers, prefix, restart, until } from '../contract/contract.mjs'
import {
  call,
  flush,
  member,
  produce,
  producer,
  readTo,
  send,
  topicOf,
  valuesOf,
  WAIT_MS,
  withConsumer,
} from './broker.mjs'

export const records = {
  async produce() {
    const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
    const kinds = codecs.flatMap(codec => ['0', '1', 'all'].map(acks => ({ codec, acks })))
    const topic = await topicOf('codecs', kinds.length)
    for (const [partition, { codec, acks }] of kinds.entries()) {
      await send(topic, ['first'], { partition })
      await send(topic, numbers(20), { partition, 'compression.codec': codec, acks })
    }
    const reader = await member(topic)
    await until('all records', () => reader.seen.length >= kinds.length * 21)
    await reader.close()
    for (const [partition, { codec, acks }] of kinds.entries()) {
      const seen = reader.seen.filter(message => message.partition === partition)
      await check(`${codec} acks=${acks}`, () => expect('values', valuesOf(seen), ['first', ...numbers(20)]))
    }
  },

  async values() {
    const topic = await topicOf('values')
    const headers = [{ one: 'first' }, { two: 'a' }, { two: 'b' }]
    const pairs = [
      [null, 'no key'],
      ['no value', null],
      [null, 'end'],
    ]
    const it = await producer()
    it.produce(topic, 0, Buffer.from('v'), 'k', 1_700_000_000_000, null, headers)
    for (const [key, value] of pairs) it.produce(topic, 0, value === null ? null : Buffer.from(value), key)
    await flush(it)
    const [first, ...others] = await readTo(topic, 'end')
    await check('headers', () => expect('headers', first.headers, headers))
    await check('timestamp', () => expect('timestamp', first.timestamp, 1_700_000_000_000))
    const read = others.map(({ key, value }) => [key ?? null, value ?? null])
    await check('null', () => expect('pairs', read, pairs))
    absent('empty values', 'node-rdkafka sends null instead')
  },

  async idempotent() {
    const topic = await topicOf('idempotent')
    await check('each once, in order', async () => {
      await send(topic, numbers(1000), { 'enable.idempotence': true, 'batch.num.messages': 20 })
      expect('values', valuesOf(await readTo(topic, '999')), numbers(1000))
    })
  },

  async times() {
    const topic = await topicOf('times')
    const it = await producer()
    const at = n => 1_700_000_000_000 + n * 1000
    for (const n of [0, 1, 2, 3]) it.produce(topic, 0, Buffer.from(String(n)), null, at(n))
    await flush(it)
    const offsetAt = async time => {
      const asked = [{ topic, partition: 0, offset: time }]
      const [found] = await withConsumer(topic, consumer => call(consumer, 'offsetsForTimes', asked, WAIT_MS))
      return found.offset
    }
    await check('the first record at or after a time', async () => {
      expect('offsets', [await offsetAt(at(2)), await offsetAt(at(2) - 1)], [2, 2])
    })
    await check('first and last', async () => {
      const { lowOffset, highOffset } = await call(it, 'queryWatermarkOffsets', topic, 0, WAIT_MS)
      expect('offsets', [lowOffset, highOffset], [0, 4])
    })
  },

  async compacted() {
    const wanted = { ...Object.fromEntries(numbers(10).map(key => [key, 'new'])), last: 'end' }
    await check('read to the end', () =>
      until('compaction', async () => {
        const seen = await readTo(`${prefix}compacted`, 'end')
        expect('values', Object.fromEntries(seen.map(({ key, value }) => [key, String(value)])), wanted)
        return seen.length === 11
      }),
    )
  },

  async restart() {
    const topic = await topicOf('restart')
    await check('nothing lost, nothing twice', async () => {
      const [it, reader] = [await producer({ 'enable.idempotence': true }), await member(topic)]
      let [sent, isRestarted] = [0, false]
      for (let last = 100; sent < last; sent++) {
        produce(it, topic, [String(sent)])
        await delay(2)
        if (sent === 50)
          restart().then(() => {
            isRestarted = true
          })
        if (!isRestarted) last = sent + 100
      }
      await flush(it)
      await until('all records', () => reader.seen.length >= sent)
      await reader.close()
      expect('values', valuesOf(await readTo(topic, String(sent - 1))), numbers(sent))
      return `${sent} records`
    })
  },
}
