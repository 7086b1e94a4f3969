/** Compose files: ours, and one as people have it for Apache's image. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ImageOnDisk } from '../support/docker-run'
import { toolRun } from '../support/kafka-tool'

const ROOT = join(__dirname, '../..')
const COMMAND = join(ROOT, require(join(ROOT, 'package.json')).bin.odradek)

const fileOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** The variables of the first service. */
const environmentOf = (compose: string): Record<string, string> => {
  const [, block] = /\n {4}environment:\n((?: {6}.*\n)+)/.exec(compose)!
  return Object.fromEntries(
    Array.from(block!.matchAll(/^ {6}(\w+): (["']?)(.*?)\2$/gm), ([, name, , value]) => [name!, value!]),
  )
}

/** The same listeners at free ports: the ones in the file may be taken, and the host of the file is not this one. */
const atFreePorts = (listeners: string): string => listeners.replaceAll(/:\/\/[^:,]*:\d+/g, '://localhost:0')

test('what our compose file mounts and builds is there', () => {
  const compose = fileOf('compose.yaml')
  const mounted = Array.from(compose.matchAll(/- (\.\/[^:]+):/g), ([, path]) => path!)
  expect(mounted).toContain('./deploy/prometheus.yml')
  expect([...mounted, 'Dockerfile'].filter(path => !existsSync(join(ROOT, path)))).toEqual([])
})

test.each(['compose.yaml', 'compat-tests/docker/apache-kafka.yaml'])(
  'a broker starts with the variables of %s',
  async path => {
    const image = new ImageOnDisk(`exec '${process.execPath}' '${COMMAND}' "$@"`)
    const environment = environmentOf(fileOf(path))
    const child = image.run({
      KAFKA_HTTP_LISTENERS: '',
      ...environment,
      KAFKA_LISTENERS: atFreePorts(environment['KAFKA_LISTENERS']!),
      KAFKA_ADVERTISED_LISTENERS: atFreePorts(environment['KAFKA_ADVERTISED_LISTENERS']!),
      ...(environment['KAFKA_LOG_DIRS'] && { KAFKA_LOG_DIRS: image.data }),
    })
    let log = ''
    child.stderr!.setEncoding('utf8').on('data', chunk => {
      log += chunk
    })
    const ready = await new Promise<string>((resolve, reject) => {
      child.stdout!.setEncoding('utf8').once('data', resolve)
      child.once('exit', () => reject(new Error(log)))
    })
    const [, bootstrap] = /^odradek ready (localhost:\d+),localhost:\d+\n$/.exec(ready)!
    const topic = ['--bootstrap-server', bootstrap!, '--create', '--if-not-exists', '--topic', 'orders']
    expect(await toolRun('kafka-topics', topic)).toEqual({ status: 0, stdout: ['Created topic orders.'], stderr: [] })
    const closed = new Promise(resolve => child.once('close', resolve))
    child.kill('SIGTERM')
    expect(await closed).toBe(0)
    expect(readFileSync(join(image.data, 'meta.properties'), 'utf8')).toContain(
      `cluster.id=${environment['CLUSTER_ID'] ?? ''}`,
    )
    const messages = log.split('\n').filter(line => line.includes('CONTROLLER'))
    expect(messages).toHaveLength(environment['KAFKA_CONTROLLER_LISTENER_NAMES'] ? 1 : 0)
    expect(log).not.toContain('Unknown setting')
    expect(log).toContain('Transitioning from RECOVERY to RUNNING')
  },
)
