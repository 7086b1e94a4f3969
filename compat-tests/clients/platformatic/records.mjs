import { check, expect, numbers, prefix, restart, until } from '../contract/contract.mjs'
import { admin, member, messages, producer, readTo, send, topicOf, valuesOf } from './broker.mjs'

export const records = {
  async produce() {
    const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
    const kinds = codecs.flatMap(compression => [0, 1, -1].map(acks => ({ compression, acks })))
    const topic = await topicOf('codecs', kinds.length)
    for (const [partition, kind] of kinds.entries()) {
      await send(topic, ['first'], { partition })
      await send(topic, numbers(20), { partition, ...kind })
    }
    const reader = await member(topic)
    await until('all records', () => reader.seen.length >= kinds.length * 21)
    await reader.close(true)
    for (const [partition, { compression, acks }] of kinds.entries()) {
      const seen = reader.seen.filter(message => message.partition === partition)
      await check(`${compression} acks=${acks}`, () => expect('values', valuesOf(seen), ['first', ...numbers(20)]))
    }
  },

  async values() {
    const topic = await topicOf('values')
    const it = producer({ serializers: undefined })
    const bytes = text => text && Buffer.from(text)
    const headers = [
      ['one', 'first'],
      ['two', 'a'],
    ]
    const pairs = [
      [undefined, 'no key'],
      ['no value', undefined],
      [undefined, 'end'],
    ]
    const first = {
      key: bytes('k'),
      value: bytes('v'),
      headers: new Map(headers.map(pair => pair.map(bytes))),
      timestamp: 1700000000000n,
    }
    for (const message of [first, ...pairs.map(([key, value]) => ({ key: bytes(key), value: bytes(value) }))])
      await it.send({ messages: [{ topic, ...message }] })
    await it.close()
    const [seen, ...others] = await readTo(topic, 'end')
    await check('headers', () => expect('headers', [...seen.headers], headers))
    await check('timestamp', () => expect('timestamp', String(seen.timestamp), '1700000000000'))
    const read = others.map(({ key, value }) => [key ?? null, value ?? null])
    await check('null', () => expect('pairs', read, pairs))
  },

  async idempotent() {
    const topic = await topicOf('idempotent')
    await check('each once, in order', async () => {
      const it = producer({ idempotent: true })
      for (const value of numbers(200)) await it.send({ messages: messages(topic, [value]) })
      await it.close()
      expect('values', valuesOf(await readTo(topic, '199')), numbers(200))
    })
  },

  async times() {
    const topic = await topicOf('times')
    const it = producer()
    const at = n => 1_700_000_000_000n + BigInt(n) * 1000n
    for (const n of [0, 1, 2, 3]) await it.send({ messages: [{ topic, value: String(n), timestamp: at(n) }] })
    await it.close()
    const offsetAt = async timestamp => {
      const [listed] = await admin.listOffsets({
        topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp }] }],
      })
      return Number(listed.partitions[0].offset)
    }
    const offsets = times => Promise.all(times.map(offsetAt))
    await check('the first record at or after a time', async () =>
      expect('offsets', await offsets([at(2), at(2) - 1n, at(4)]), [2, 2, -1]),
    )
    await check('first, last, newest', async () => expect('offsets', await offsets([-2n, -1n, -3n]), [0, 4, 3]))
  },

  async compacted() {
    const wanted = { ...Object.fromEntries(numbers(10).map(key => [key, 'new'])), last: 'end' }
    await check('read to the end', () =>
      until('compaction', async () => {
        const seen = await readTo(`${prefix}compacted`, 'end')
        expect('values', Object.fromEntries(seen.map(({ key, value }) => [key, value])), wanted)
        return seen.length === 11
      }),
    )
  },

  async restart() {
    const topic = await topicOf('restart')
    await check('nothing lost, nothing twice', async () => {
      const [it, reader] = [producer({ idempotent: true }), await member(topic)]
      let [sent, isRestarted] = [0, false]
      for (let last = 100; sent < last; sent++) {
        await it.send({ messages: messages(topic, [String(sent)]) })
        if (sent === 50)
          restart().then(() => {
            isRestarted = true
          })
        if (!isRestarted) last = sent + 100
      }
      await it.close()
      await until('all records', () => new Set(valuesOf(reader.seen)).size >= sent)
      await reader.close(true)
      expect('values', valuesOf(await readTo(topic, String(sent - 1))), numbers(sent))
      return `${sent} records`
    })
  },
}
