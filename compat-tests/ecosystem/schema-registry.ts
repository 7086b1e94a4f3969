import path from 'node:path'
import { freePort } from '../free-port'
import type { SuiteRun } from '../suite'
import { brokerOf, crashes } from './broker'
import { installed, JavaProcess } from './java-programs'
import { ask, until } from './rest'

const JAR = path.join('target', 'registry', 'apicurio-registry-app-3.0.9-runner.jar')
const SUBJECT = 'orders-value'
const CONFLICT = 409

const schema = (...fields: readonly (readonly [name: string, type: unknown, more?: object])[]) => ({
  schema: JSON.stringify({
    type: 'record',
    name: 'Order',
    fields: fields.map(([name, type, more]) => ({ name, type, ...more })),
  }),
})

const FIRST = schema(['id', 'int'])
const INCOMPATIBLE = schema(['id', 'string'])
const COMPATIBLE = schema(['id', 'int'], ['note', ['null', 'string'], { default: null }])

/**
 * A schema registry (Apicurio's, by the interface of Confluent's) that keeps its schemas in a topic, as a journal that it reads from the
 * beginning when it starts, and waits for each of its writes to come back. The broker is killed between two schemas; then the registry.
 */
export const schemaRegistry = async (run: SuiteRun): Promise<void> => {
  const folder = await installed(run, 'schema registry', { folder: 'registry', goals: ['clean', 'dependency:unpack'] })
  if (folder === null) return
  const broker = await brokerOf(run, 'schema-registry-broker')
  const registry = new Registry(run, path.join(folder, JAR), { bootstrap: broker.bootstrap, port: await freePort() })
  await run.check('a schema registry registers, reads and checks schemas', async () => {
    await registry.start()
    await registry.expect(
      'PUT',
      `/config/${SUBJECT}`,
      { compatibility: 'BACKWARD' },
      { compatibilityLevel: 'BACKWARD' },
    )
    await registry.expect('POST', `/subjects/${SUBJECT}/versions`, FIRST, { id: 1 })
    await registry.expect('GET', `/subjects/${SUBJECT}/versions/latest`, undefined, { version: 1, ...FIRST })
    await registry.checkCompatibility()
    return 'one version; a change of a type is incompatible, a new field with a default is not'
  })
  await run.check('it goes on after a crash of the broker', async () => {
    const crashed = await crashes(broker, 1)
    await registry.expect('GET', `/subjects/${SUBJECT}/versions/latest`, undefined, { version: 1, ...FIRST })
    await registry.expect('POST', `/subjects/${SUBJECT}/versions`, COMPATIBLE, { id: 2 })
    await registry.refuse(`/subjects/${SUBJECT}/versions`, INCOMPATIBLE)
    return `a second version is registered, an incompatible one refused; ${crashed}`
  })
  await run.check('another one reads everything from the journal', async () => {
    await registry.kill()
    const crashed = await crashes(broker, 1)
    await registry.start()
    await registry.expect('GET', `/config/${SUBJECT}`, undefined, { compatibilityLevel: 'BACKWARD' })
    await registry.expect('GET', `/subjects/${SUBJECT}/versions/1`, undefined, { version: 1, id: 1, ...FIRST })
    await registry.expect('GET', `/subjects/${SUBJECT}/versions/latest`, undefined, {
      version: 2,
      id: 2,
      ...COMPATIBLE,
    })
    await registry.checkCompatibility()
    return `both versions and the configuration are there; ${crashed}`
  })
}

/** A registry in a process of its own, without anything on the disk. */
class Registry {
  readonly #run: SuiteRun
  readonly #arguments: readonly string[]
  readonly #url: string
  #process: JavaProcess | null = null

  constructor(run: SuiteRun, jar: string, { bootstrap, port }: { readonly bootstrap: string; readonly port: number }) {
    this.#run = run
    this.#url = `http://127.0.0.1:${port}/apis/ccompat/v7`
    const settings = {
      'apicurio.storage.kind': 'kafkasql',
      'apicurio.kafkasql.bootstrap.servers': bootstrap,
      'quarkus.http.host': '127.0.0.1',
      'quarkus.http.port': String(port),
    }
    this.#arguments = [...Object.entries(settings).map(([name, value]) => `-D${name}=${value}`), '-jar', jar]
  }

  /** Resolves when it has read its journal. */
  async start(): Promise<void> {
    this.#process = JavaProcess.start(this.#run, 'schema-registry', this.#arguments)
    await until('the registry serves', this.#process, async () => (await ask(`${this.#url}/subjects`)).ok)
  }

  async kill(): Promise<void> {
    await this.#process!.kill()
  }

  /** Asks until there is an answer that is no error; throws unless it has these fields. */
  async expect(
    method: string,
    resource: string,
    body: unknown,
    fields: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    let answer: Record<string, unknown> = {}
    await until(`${method} ${resource}`, this.#process!, async () => {
      const response = await ask(`${this.#url}${resource}`, method, body)
      answer = (await response.json()) as Record<string, unknown>
      return response.ok
    })
    for (const [name, value] of Object.entries(fields)) {
      if (answer[name] !== value) throw new Error(`${resource}: ${name} is ${answer[name]} instead of ${value}`)
    }
  }

  async refuse(resource: string, body: unknown): Promise<void> {
    const { status } = await ask(`${this.#url}${resource}`, 'POST', body)
    if (status !== CONFLICT) throw new Error(`${resource} is answered with ${status} instead of ${CONFLICT}`)
  }

  async checkCompatibility(): Promise<void> {
    const resource = `/compatibility/subjects/${SUBJECT}/versions/latest`
    await this.expect('POST', resource, COMPATIBLE, { is_compatible: true })
    await this.expect('POST', resource, INCOMPATIBLE, { is_compatible: false })
  }
}
