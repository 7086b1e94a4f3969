import fs from 'node:fs'
import path from 'node:path'
import { isInstalled, outputOf, run as runProgram } from '../command'
import { freePort } from '../free-port'
import { Odradek, odradek } from '../odradek'
import type { Suite, SuiteRun } from '../suite'
import { eventually, PrometheusServer } from './prometheus-server'

/** From the compiled place of this file: dist/compat-tests/prometheus. */
const DEPLOY = path.join(__dirname, '../../../deploy')
const RECORDS = 1000
const TOPIC = 'numbers'

/** What is in `deploy/`, and what a broker tells, as Prometheus itself sees it. */
export const prometheus: Suite = {
  name: 'prometheus',
  about: 'A Prometheus scrapes our broker, and takes our rules and the questions of our dashboard.',
  async run(run) {
    await checkFiles(run)
    if (!isInstalled('prometheus')) {
      run.skip('a Prometheus scrapes our broker', 'there is no prometheus')
      return
    }
    const httpPort = await freePort()
    const broker = await Odradek.start(path.join(run.directory, 'broker'), {
      'http.listeners': `127.0.0.1:${httpPort}`,
    })
    run.atEnd(() => broker.stop())
    const config = fs
      .readFileSync(path.join(DEPLOY, 'prometheus.yml'), 'utf8')
      .replace('127.0.0.1:9464', `127.0.0.1:${httpPort}`)
      .replaceAll('15s', '1s')
      .replace('alerts.yml', path.join(DEPLOY, 'alerts.yml'))
    const server = await PrometheusServer.start(run.directory, config)
    run.atEnd(() => server.stop())
    await checkScrapes(run, server, broker)
    if (isInstalled('promtool')) await checkExposition(run, `http://127.0.0.1:${httpPort}/metrics`)
  },
}

const checkFiles = async (run: SuiteRun): Promise<void> => {
  const checks = [
    ['the configuration is valid', ['check', 'config', 'prometheus.yml']],
    ['the rules are valid', ['check', 'rules', 'alerts.yml']],
    ['alarms are raised when they should, and otherwise not', ['test', 'rules', 'alerts.test.yml']],
  ] as const
  for (const [name, [...args]] of checks) {
    if (!isInstalled('promtool')) run.skip(name, 'there is no promtool')
    else await run.check(name, async () => promtool([...args.slice(0, 2), path.join(DEPLOY, args[2]!)]))
  }
}

const promtool = async (args: readonly string[], input = ''): Promise<string> => {
  const { stdout, stderr } = await outputOf('promtool', args, { input })
  return (stdout + stderr).trim().split('\n').at(-1)!.trim()
}

const checkScrapes = async (run: SuiteRun, server: PrometheusServer, { bootstrap }: Odradek): Promise<void> => {
  await run.check('it finds the broker ready', async () => {
    await eventually('the target is up', async () => (await server.value('up{job="odradek"}')) === 1)
    await eventually('the broker is ready', async () => (await server.value('odradek_ready')) === 1)
    return `version ${(await server.query('odradek_build_info'))[0]!.metric['version']}`
  })
  await run.check('it counts what was produced', async () => {
    await odradek('topics', 'create', TOPIC, '--partitions', '3', '-b', bootstrap)
    const lines = Array.from({ length: RECORDS }, (_, line) => `${line}\n`).join('')
    await runProgram(process.execPath, [MAIN, 'produce', TOPIC, '-b', bootstrap], { input: lines })
    const expressions = [
      `sum(kafka_server_brokertopicmetrics_messagesin_total{topic="${TOPIC}"})`,
      `sum(kafka_log_log_logendoffset{topic="${TOPIC}"})`,
    ]
    for (const expression of expressions) {
      await eventually(expression, async () => (await server.value(expression)) === RECORDS)
    }
    return `${RECORDS} records in ${expressions.join(' and ')}`
  })
  await run.check('it understands every question of the dashboard', async () => {
    const expressions = dashboardExpressions()
    for (const expression of expressions) await server.query(expression)
    return `${expressions.length} expressions`
  })
  await run.check('it evaluates every rule, and none of them fires', async () => {
    await eventually('the rules are evaluated', async () =>
      (await server.rules()).every(({ health }) => health === 'ok'),
    )
    const rules = await server.rules()
    const firing = rules.filter(({ state }) => state === 'firing')
    if (firing.length > 0) throw new Error(`firing: ${firing.map(({ name }) => name).join(', ')}`)
    return `${rules.length} rules`
  })
  await run.check('it has no complaint about a scrape', async () => {
    const [target] = await server.targets()
    if (target?.health !== 'up') throw new Error(target?.lastError ?? 'there is no target')
    return `the last one took ${Math.round(target.lastScrapeDuration * 1000)} ms`
  })
}

const MAIN = path.join(__dirname, '../../odradek.cjs')

/** The questions as Grafana would ask them, about everything, over a minute. */
const dashboardExpressions = (): string[] => {
  const { panels } = JSON.parse(fs.readFileSync(path.join(DEPLOY, 'grafana/odradek.json'), 'utf8')) as {
    panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[]
  }
  return panels
    .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
    .map(expr => expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$(instance|request|group)/g, '.*'))
}

const checkExposition = (run: SuiteRun, url: string): Promise<void> =>
  run.check('promtool has nothing to say against names and help texts', async () => {
    const exposed = await (await fetch(url)).text()
    await outputOf('promtool', ['check', 'metrics'], { input: exposed })
    return `${exposed.match(/^# TYPE/gm)!.length} metrics`
  })
