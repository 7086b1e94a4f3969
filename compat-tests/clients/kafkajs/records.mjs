import { check, expect, numbers, prefix, restart, until } from '../contract/contract.mjs'
import { admin, CompressionTypes, consumer, messages, producer, readTo, textOf, topicOf } from './broker.mjs'

export const records = {
  async produce() {
    const codecs = ['None', 'GZIP', 'Snappy', 'LZ4', 'ZSTD']
    const kinds = codecs.flatMap(codec => [0, 1, -1].map(acks => ({ codec, acks })))
    const topic = await topicOf('codecs', kinds.length)
    const it = await producer()
    const first = kinds.map((_, partition) => ({ partition, value: 'first' }))
    // A new partition may not have its leader yet: with acks=0 that loses records, and a retry repeats others.
    const starter = await producer({ idempotent: true, maxInFlightRequests: 1 })
    await starter.send({ topic, messages: first })
    await starter.disconnect()
    for (const [partition, { codec, acks }] of kinds.entries())
      await it.send({ topic, acks, compression: CompressionTypes[codec], messages: messages(numbers(20), partition) })
    await it.disconnect()
    const reader = await consumer(topic)
    await until('all records', () => reader.seen.length >= kinds.length * 21)
    await reader.disconnect()
    for (const [partition, { codec, acks }] of kinds.entries()) {
      const values = reader.seen.filter(message => message.partition === partition).map(textOf)
      await check(`${codec} acks=${acks}`, () => expect('values', values, ['first', ...numbers(20)]))
    }
  },

  async values() {
    const topic = await topicOf('values')
    const it = await producer()
    const headers = { one: 'first', two: ['a', 'b'], empty: '' }
    const sent = [
      { key: 'k', value: 'v', headers, timestamp: '1700000000000' },
      { key: null, value: 'no key' },
    ]
    await it.send({
      topic,
      messages: [...sent, { key: 'no value', value: null }, { key: '', value: '' }, { value: 'end' }],
    })
    await it.disconnect()
    const [first, ...others] = await readTo(topic, 'end')
    await check('headers', () =>
      expect(
        'headers',
        JSON.parse(JSON.stringify(first.headers, (_, it) => (it?.type === 'Buffer' ? String(Buffer.from(it)) : it))),
        headers,
      ),
    )
    await check('timestamp', () => expect('timestamp', first.timestamp, '1700000000000'))
    const pairs = others.map(({ key, value }) => [key && String(key), value && String(value)])
    await check('null and empty', () =>
      expect('pairs', pairs, [
        [null, 'no key'],
        ['no value', null],
        ['', ''],
        [null, 'end'],
      ]),
    )
  },

  async idempotent() {
    const topic = await topicOf('idempotent')
    await check('each once, in order', async () => {
      const it = await producer({ idempotent: true, maxInFlightRequests: 1 })
      for (const value of numbers(200)) await it.send({ topic, messages: messages([value]) })
      await it.disconnect()
      expect('values', (await readTo(topic, '199')).map(textOf), numbers(200))
    })
  },

  async times() {
    const topic = await topicOf('times')
    const it = await producer()
    const at = n => String(1_700_000_000_000 + n * 1000)
    for (const n of [0, 1, 2, 3]) await it.send({ topic, messages: [{ value: String(n), timestamp: at(n) }] })
    await it.disconnect()
    const offsetAt = async time => (await admin.fetchTopicOffsetsByTimestamp(topic, time))[0].offset
    await check('the first record at or after a time', async () => {
      expect('exact', await offsetAt(Number(at(2))), '2')
      expect('between', await offsetAt(Number(at(2)) - 1), '2')
      expect('after the last', await offsetAt(Number(at(4))), '4')
    })
    await check('first and last', async () => {
      const [{ low, high }] = await admin.fetchTopicOffsets(topic)
      expect('offsets', [low, high], ['0', '4'])
    })
  },

  async compacted() {
    const topic = `${prefix}compacted`
    await check('read to the end', async () => {
      let records = 0
      await until('compaction', async () => {
        const seen = await readTo(topic, 'end')
        expect('values', Object.fromEntries(seen.map(({ key, value }) => [key, String(value)])), {
          ...Object.fromEntries(numbers(10).map(n => [n, 'new'])),
          last: 'end',
        })
        records = seen.length
        return records === 11
      })
      return `${records} records`
    })
  },

  async restart() {
    const topic = await topicOf('restart')
    await check('nothing lost, nothing twice', async () => {
      const it = await producer({ idempotent: true, maxInFlightRequests: 1 })
      const reader = await consumer(topic)
      let [sent, isRestarted] = [0, false]
      for (let last = 100; sent < last; sent++) {
        await it.send({ topic, messages: messages([String(sent)]) })
        if (sent === 50)
          restart().then(() => {
            isRestarted = true
          })
        if (!isRestarted) last = sent + 100
      }
      await it.disconnect()
      await until('all records', () => reader.seen.length >= sent)
      await reader.disconnect()
      expect('read on', [...new Set(reader.seen.map(textOf))].length, sent)
      expect('values', (await readTo(topic, String(sent - 1))).map(textOf), numbers(sent))
      return `${sent} records`
    })
  },
}
