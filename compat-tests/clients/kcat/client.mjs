// kcat, by its command line. What the scenarios are: ../scenarios.ts. How a program speaks with its runner: ../scenario-run.ts.
import { spawn, spawnSync } from 'node:child_process'
import readline from 'node:readline'
import {
  absent,
  bootstrap,
  check,
  expect,
  inOrder,
  kill,
  numbers,
  prefix,
  restart,
  run,
  until,
} from '../contract/contract.mjs'

const settings = options => Object.entries(options).flatMap(([name, value]) => ['-X', `${name}=${value}`])

const kcat = (args, input = '') => {
  const { status, stdout, stderr } = spawnSync('kcat', ['-b', bootstrap, ...args], { input, timeout: 60_000 })
  if (status !== 0) throw new Error(`kcat ${args.join(' ')}: ${stderr}`)
  return String(stdout)
}
const lines = text => text.split('\n').slice(0, -1)
const send = (topic, values, { partition = 0, args = [], ...options } = {}) =>
  kcat(
    ['-P', '-t', topic, '-p', String(partition), ...args, ...settings(options)],
    values.map(it => `${it}\n`).join(''),
  )
/** To the end of the topic. */
const read = (topic, args = [], format = '%s') =>
  lines(kcat(['-C', '-t', topic, '-o', 'beginning', '-e', '-q', '-f', `${format}\\n`, ...args]))

/** A member of a group: what it has seen, its topics, and those that were taken from it. */
const member = (group, topics, options = {}) => {
  const config = {
    'auto.offset.reset': 'earliest',
    'session.timeout.ms': 6000,
    'heartbeat.interval.ms': 500,
    ...options,
  }
  const child = spawn('kcat', ['-b', bootstrap, '-G', group, '-E', '-u', '-f', '%s\\n', ...settings(config), ...topics])
  const close = () => new Promise(done => child.once('exit', done).kill('SIGTERM'))
  const it = { child, seen: [], topics: new Set(), revoked: new Set(), close }
  readline.createInterface({ input: child.stdout }).on('line', line => it.seen.push(line))
  readline.createInterface({ input: child.stderr }).on('line', line => {
    if (!line.includes('rebalanced')) return
    const isRevoked = /: revoked|incremental revoke/.test(line)
    for (const [, topic] of line.matchAll(/(\S+) \[\d+\]/g)) {
      it.topics[isRevoked ? 'delete' : 'add'](topic)
      if (isRevoked) it.revoked.add(topic)
    }
  })
  return it
}
/** kcat creates topics by writing to them, so there are four of one partition. */
const fourTopics = name => {
  const topics = numbers(4).map(n => `${prefix}${name}-${n}`)
  for (const topic of topics) send(topic, ['first'])
  return topics
}
const share = ({ topics: [...some] }, { topics: [...others] }) =>
  some.length === 2 && others.length === 2 && new Set([...some, ...others]).size === 4
const groupOf = async (name, strategy) => {
  const [topics, options] = [fourTopics(name), { 'partition.assignment.strategy': strategy }]
  const first = member(prefix + name, topics, options)
  await check('alone it has all partitions', () => until('4 partitions', () => first.topics.size === 4))
  const second = member(prefix + name, topics, options)
  await check('two share them', () => until('2 and 2', () => share(first, second)))
  if (strategy === 'cooperative-sticky')
    await check('what stays was not revoked', () =>
      expect('revoked', [...first.revoked].sort(), [...second.topics].sort()),
    )
  await check('each record goes to one of them', async () => {
    for (const [n, topic] of topics.entries()) send(topic, numbers(10, n * 10))
    const seen = () => [...first.seen, ...second.seen].filter(value => value !== 'first')
    await until('40 records', () => seen().length >= 40)
    expect('values', inOrder(seen()), numbers(40))
  })
  await second.close()
  await check('who stays has all again', () => until('4 partitions', () => first.topics.size === 4))
  await first.close()
}
const noAdmin = name => absent(name, 'kcat has no administration')

const scenarios = {
  async version() {
    const banner = String(spawnSync('kcat', ['-V']).stdout)
    const [, version, librdkafka] = /Version (\S+) .*librdkafka (\S+)/.exec(banner)
    await check('version', () => `${version} (librdkafka ${librdkafka})`)
  },

  async produce() {
    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd'])
      for (const acks of ['0', '1', 'all'])
        await check(`${codec} acks=${acks}`, async () => {
          const topic = `${prefix}${codec}-${acks}`
          send(topic, numbers(20), { args: ['-z', codec], acks })
          // With acks=0 kcat ends before the records are there.
          await until('20 records', () => read(topic).length >= 20)
          expect('values', read(topic), numbers(20))
        })
  },

  async values() {
    const topic = `${prefix}values`
    send(topic, ['k:v', ':', 'no value:', ':no key'], {
      args: ['-K:', '-Z', '-H', 'one=first', '-H', 'two=a', '-H', 'two=b'],
    })
    const seen = read(topic, [], '%K %k %S %s %h')
    await check('headers', () => expect('headers', seen[0], '1 k 1 v one=first,two=a,two=b'))
    await check('null', () =>
      expect(
        'lengths',
        seen.slice(1).map(it => it.replace(/ one=.*/, '')),
        ['-1  -1 ', '8 no value -1 ', '-1  6 no key'],
      ),
    )
    absent('timestamp', 'kcat sends the time of the moment')
  },

  async idempotent() {
    const topic = `${prefix}idempotent`
    await check('each once, in order', () => {
      send(topic, numbers(1000), { 'enable.idempotence': true, 'batch.num.messages': 20 })
      expect('values', read(topic), numbers(1000))
    })
  },

  group: () => groupOf('group', 'roundrobin'),
  cooperative: () => groupOf('cooperative', 'cooperative-sticky'),

  async static() {
    const [topics, group] = [fourTopics('static'), `${prefix}static`]
    const options = { 'partition.assignment.strategy': 'roundrobin' }
    const first = member(group, topics, { ...options, 'group.instance.id': 'a' })
    const second = member(group, topics, { ...options, 'group.instance.id': 'b' })
    await until('2 and 2', () => share(first, second))
    first.revoked.clear()
    await second.close()
    const again = member(group, topics, { ...options, 'group.instance.id': 'b' })
    await check('comes back to its partitions', async () => {
      await until('2 again', () => share(first, again))
      expect('revoked of the other', [...first.revoked], [])
    })
    await first.close()
    await again.close()
  },

  async crash() {
    const topic = `${prefix}crash`
    send(topic, numbers(100))
    kcat(['-G', topic, '-c', '100', '-q', ...settings({ 'auto.offset.reset': 'earliest' }), topic])
    send(topic, numbers(100, 100))
    const it = member(topic, [topic], { 'enable.auto.commit': false })
    await until('some that are not committed', () => it.seen.length >= 50)
    it.child.kill('SIGKILL')
    await kill()
  },
  async resume() {
    const topic = `${prefix}crash`
    await check('resumes where the killed one had committed', async () => {
      const it = member(topic, [topic])
      await until('the rest', () => it.seen.at(-1) === '199')
      await it.close()
      expect('values', it.seen, numbers(100, 100))
    })
  },

  async times() {
    const topic = `${prefix}times`
    send(topic, ['0'])
    const [first] = read(topic, [], '%T')
    await until('a later time', () => Date.now() > Number(first) + 10)
    send(topic, ['1'])
    const offsetAt = time => /offset (-?\d+)/.exec(kcat(['-Q', '-t', `${topic}:0:${time}`]))[1]
    await check('the first record at or after a time', () => {
      expect('exact', offsetAt(first), '0')
      expect('between', offsetAt(Number(first) + 1), '1')
    })
    await check('first and last', () => expect('offsets', [offsetAt(-2), offsetAt(-1)], ['0', '2']))
  },

  async compacted() {
    const topic = `${prefix}compacted`
    const wanted = [...numbers(10).map(key => `${key} new`), 'last end']
    await check('read to the end', () => until('compaction', () => read(topic, [], '%k %s').join() === wanted.join()))
  },

  async restart() {
    const topic = `${prefix}restart`
    await check('nothing lost, nothing twice', async () => {
      send(topic, ['0'])
      const reader = spawn('kcat', ['-b', bootstrap, '-C', '-E', '-t', topic, '-o', 'beginning', '-q', '-u'])
      const seen = []
      readline.createInterface({ input: reader.stdout }).on('line', line => seen.push(line))
      const writer = spawn('kcat', [
        '-b',
        bootstrap,
        '-P',
        '-E',
        '-t',
        topic,
        '-p',
        '0',
        ...settings({ 'enable.idempotence': true }),
      ])
      let [sent, isRestarted] = [1, false]
      for (let last = 200; sent < last; sent++) {
        writer.stdin.write(`${sent}\n`)
        await new Promise(go => setTimeout(go, 2))
        if (sent === 100)
          restart().then(() => {
            isRestarted = true
          })
        if (!isRestarted) last = sent + 200
      }
      await new Promise(done => writer.once('exit', done).stdin.end())
      await until('all records', () => seen.length >= sent)
      reader.kill()
      expect('read on', seen, numbers(sent))
      expect('values', read(topic), numbers(sent))
      return `${sent} records`
    })
  },

  transactions: () => absent('transactions', 'kcat has none'),
  'consumer-group': () => absent('group.protocol=consumer', 'this librdkafka is older'),
  'consumer-crash': () => absent('group.protocol=consumer', 'this librdkafka is older'),
  topics: () => noAdmin('topics'),
  groups: () => noAdmin('groups'),
  'delete-records': () => noAdmin('records are deleted'),
}
await run(scenarios)
