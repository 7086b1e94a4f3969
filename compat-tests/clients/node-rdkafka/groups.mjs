import { absent, check, expect, inOrder, kill, numbers, prefix, until } from '../contract/contract.mjs'
import { committed, member, send, topicOf, valuesOf } from './broker.mjs'

const groupOf = async (name, options = {}) => {
  const group = await topicOf(name, 4)
  const first = await member(group, { group, ...options })
  await check('alone it has all partitions', () => until('4 partitions', () => first.partitions.size === 4))
  const second = await member(group, { group, ...options })
  const all = () => new Set([...first.partitions, ...second.partitions]).size
  const isShared = () => first.partitions.size === 2 && second.partitions.size === 2 && all() === 4
  await check('two share them', () => until('2 and 2', isShared))
  if (name === 'cooperative')
    await check('what stays was not revoked', () =>
      expect('revoked', [...first.revoked].sort(), [...second.partitions].sort()),
    )
  await check('each record goes to one of them', async () => {
    for (const partition of [0, 1, 2, 3]) await send(group, numbers(10, partition * 10), { partition })
    const seen = () => valuesOf([...first.seen, ...second.seen])
    await until('40 records', () => seen().length >= 40)
    expect('values', inOrder(seen()), numbers(40))
  })
  await second.close()
  await check('who stays has all again', () => until('4 partitions', () => first.partitions.size === 4))
  await first.close()
}

const crashOf = async (name, options) => {
  const group = await topicOf(name, 2)
  for (const partition of [0, 1]) await send(group, numbers(50, partition * 50), { partition })
  const it = await member(group, { group, 'enable.auto.commit': false, ...options })
  await until('all records', () => it.seen.length === 100)
  it.commitMessageSync(it.seen[39])
  await kill()
}

const resumeOf = async (name, options) => {
  const group = prefix + name
  await check('resumes where the killed one had committed', async () => {
    const from = await committed(group, group, [0, 1])
    const expected = [0, 1].flatMap(partition => numbers(50 - from[partition], partition * 50 + from[partition]))
    const it = await member(group, { group, ...options })
    await until('the rest', () => it.seen.length >= expected.length)
    await it.close()
    expect('values', inOrder(valuesOf(it.seen)), expected)
    return `from offsets ${from}`
  })
}

const CONSUMER = { 'group.protocol': 'consumer' }

export const groups = {
  group: () => groupOf('group'),

  cooperative: () => groupOf('cooperative', { 'partition.assignment.strategy': 'cooperative-sticky' }),

  'consumer-group': () => groupOf('consumer-group', CONSUMER),

  crash: () => crashOf('crash', {}),

  resume: () => resumeOf('crash', {}),

  'consumer-crash': () => crashOf('consumer-crash', CONSUMER),

  'consumer-resume': () => resumeOf('consumer-crash', CONSUMER),

  async static() {
    const group = await topicOf('static', 4)
    const join = name => member(group, { group, 'group.instance.id': name })
    const [first, second] = [await join('a'), await join('b')]
    await until('2 and 2', () => first.partitions.size === 2 && second.partitions.size === 2)
    const before = [...second.partitions]
    first.revoked.clear()
    await second.close()
    await check('comes back to its partitions', async () => {
      const again = await join('b')
      await until('2 again', () => again.partitions.size === 2)
      expect('partitions', [...again.partitions], before)
      expect('revoked of the other', [...first.revoked], [])
    })
  },

  groups: () => absent('groups', 'node-rdkafka has no administration of groups'),
}
