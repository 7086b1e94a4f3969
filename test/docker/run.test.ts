/** How the start script of the image makes settings of what it finds. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { ImageOnDisk } from '../support/docker-run'

let image: ImageOnDisk

beforeEach(() => {
  image = new ImageOnDisk('for argument; do echo "$argument"; done; env | grep ^KAFKA_; true')
})

/** Arguments and variables that the broker is started with; the folders are named as in the image. */
const started = async (env: Readonly<Record<string, string>>, args?: readonly string[]) => {
  const child = image.run({ KAFKA_HTTP_LISTENERS: '', ...env }, args)
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)])
  expect(stderr).toBe('')
  const lines = stdout.replaceAll(image.root, '').split('\n').slice(0, -1)
  const isVariable = (line: string) => line.startsWith('KAFKA_')
  return {
    args: lines.filter(line => !isVariable(line)),
    env: Object.fromEntries(
      lines.filter(line => isVariable(line) && line !== 'KAFKA_HTTP_LISTENERS=').map(line => line.split(/=(.*)/s)),
    ),
  }
}

test('without settings it listens on all addresses, is told as localhost, and keeps its data in the volume', async () => {
  expect((await started({})).env).toEqual({
    KAFKA_LISTENERS: 'PLAINTEXT://0.0.0.0:9092',
    KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:9092',
    KAFKA_LOG_DIRS: '/var/lib/kafka/data',
  })
})

test('metrics and health are answered on all addresses, unless something else is said', async () => {
  const http = async (env: Readonly<Record<string, string>>) => {
    const child = image.run(env)
    return (await text(child.stdout!)).match(/^KAFKA_HTTP_LISTENERS=.*$/gm)
  }
  expect(await http({})).toEqual(['KAFKA_HTTP_LISTENERS=0.0.0.0:9464'])
  expect(await http({ KAFKA_HTTP_LISTENERS: '' })).toEqual(['KAFKA_HTTP_LISTENERS='])
  writeFileSync(join(image.config, 'server.properties'), 'http.listeners=:1\n')
  expect(await http({})).toBeNull()
})

test.each([
  ['PLAINTEXT://localhost:9092', 'PLAINTEXT://0.0.0.0:9092'],
  ['A://a.example:1,B://[::1]:2,C://:3', 'A://0.0.0.0:1,B://0.0.0.0:2,C://0.0.0.0:3'],
])('what is advertised as %s is listened to at %s', async (advertised, listeners) => {
  const { env } = await started({ KAFKA_ADVERTISED_LISTENERS: advertised, KAFKA_LISTENERS: '' })
  expect(env).toMatchObject({ KAFKA_LISTENERS: listeners, KAFKA_ADVERTISED_LISTENERS: advertised })
})

test('a comma at the end of what is advertised does no harm', async () => {
  expect((await started({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://a:1,BROKER://b:2,' })).env).toMatchObject({
    KAFKA_LISTENERS: 'PLAINTEXT://0.0.0.0:1,BROKER://0.0.0.0:2',
    KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://a:1,BROKER://b:2',
  })
})

test('listeners that are named are advertised by their own names', async () => {
  const { env } = await started({ KAFKA_LISTENERS: 'PLAINTEXT://:9092', KAFKA_ADVERTISED_LISTENERS: '' })
  expect(env).toEqual({ KAFKA_LISTENERS: 'PLAINTEXT://:9092', KAFKA_LOG_DIRS: '/var/lib/kafka/data' })
})

test('a mounted file is read, and what it says is not said again', async () => {
  writeFileSync(join(image.config, 'server.properties'), 'listeners = PLAINTEXT://:9092\nlog.dirs=/tmp/logs\n')
  const { args, env } = await started({ KAFKA_NUM_PARTITIONS: '2' })
  expect(env).toEqual({ KAFKA_NUM_PARTITIONS: '2' })
  expect(args.slice(-2)).toEqual(['--config', '/mnt/shared/config/server.properties'])
})

test('a mounted file that only advertises is listened to on all addresses', async () => {
  writeFileSync(join(image.config, 'server.properties'), 'advertised.listeners=PLAINTEXT://kafka.example:9092\n')
  expect((await started({})).env).toEqual({
    KAFKA_LISTENERS: 'PLAINTEXT://0.0.0.0:9092',
    KAFKA_LOG_DIRS: '/var/lib/kafka/data',
  })
})

test('arguments are variables, too', async () => {
  expect((await started({}, ['KAFKA_NUM_PARTITIONS=7', 'KAFKA_OPTS=-a -b'])).env).toMatchObject({
    KAFKA_NUM_PARTITIONS: '7',
    KAFKA_OPTS: '-a -b',
  })
})

test('names of key stores become paths, and files with passwords become passwords', async () => {
  for (const name of ['store', 'key', 'trust']) writeFileSync(join(image.secrets, name), `secret of ${name}\n`)
  const { env } = await started({
    KAFKA_SSL_KEYSTORE_FILENAME: 'kafka.p12',
    KAFKA_SSL_KEYSTORE_CREDENTIALS: 'store',
    KAFKA_SSL_KEY_CREDENTIALS: 'key',
    KAFKA_SSL_TRUSTSTORE_FILENAME: 'trust.p12',
    KAFKA_SSL_TRUSTSTORE_CREDENTIALS: 'trust',
  })
  expect(env).toMatchObject({
    KAFKA_SSL_KEYSTORE_LOCATION: '/etc/kafka/secrets/kafka.p12',
    KAFKA_SSL_KEYSTORE_PASSWORD: 'secret of store',
    KAFKA_SSL_KEY_PASSWORD: 'secret of key',
    KAFKA_SSL_TRUSTSTORE_LOCATION: '/etc/kafka/secrets/trust.p12',
    KAFKA_SSL_TRUSTSTORE_PASSWORD: 'secret of trust',
  })
})

test('a file of secrets that is not there ends the start', async () => {
  const child = image.run({ KAFKA_SSL_KEY_CREDENTIALS: 'missing' })
  expect([await text(child.stdout!), await text(child.stderr!)]).toEqual(['', expect.stringContaining('missing')])
})

test.each([
  ['', 'info'],
  ['INFO', 'info'],
  ['WARN', 'warn'],
  ['ERROR', 'error'],
  ['TRACE', 'debug'],
  ['OFF', 'silent'],
])('the log level %s of Kafka is %s', async (theirs, ours) => {
  const { args } = await started({ KAFKA_LOG4J_ROOT_LOGLEVEL: theirs })
  expect(args.slice(0, 3)).toEqual(['start', '--log-level', ours])
})

test('the cluster id is handed on', async () => {
  expect((await started({ CLUSTER_ID: 'Mk3OEYBSD34fcwNTJENDM2Qk' })).args.slice(-2)).toEqual([
    '--cluster-id',
    'Mk3OEYBSD34fcwNTJENDM2Qk',
  ])
})

test('a sentence is announced that each of the modules of Testcontainers takes for the start of a Kafka', async () => {
  const { args } = await started({ KAFKA_NODE_ID: '12' })
  const sentence = args[args.indexOf('--announce') + 1]
  for (const awaited of [
    /.*Transitioning from RECOVERY to RUNNING.*/,
    /.*\[KafkaServer id=\d+\] started.*/,
    /.*Kafka Server started.*/,
  ])
    expect(sentence).toMatch(awaited)
})

test('every file that the image is made of is there', () => {
  const root = join(__dirname, '../..')
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8')
  const sources = [...dockerfile.matchAll(/^COPY (?:--chown=\S+ )?(?!--from)(.+) \S+$/gm)].flatMap(([, files]) =>
    files!.split(' '),
  )
  expect(sources).toContain('docker/run')
  const admitted = readFileSync(join(root, '.dockerignore'), 'utf8').match(/(?<=^!).+$/gm)!
  for (const source of sources) {
    expect(() => readFileSync(join(root, source))).not.toThrow(/ENOENT/)
    expect(admitted).toContain(source.split('/')[0])
  }
})
