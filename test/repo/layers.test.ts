import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryDirectory } from '../support/temporary-directory'
import { repositoryRoot, sourceFiles } from './source-files'

interface Report {
  readonly modules: readonly { readonly source: string; readonly dependents?: readonly string[] }[]
  readonly summary: {
    readonly violations: readonly {
      readonly from: string
      readonly to: string
      readonly rule: { readonly name: string }
    }[]
  }
}

/** What `npm run layers` finds in the tree at `root`. */
function cruise(root: string): Report {
  const program = join(repositoryRoot, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const config = join(repositoryRoot, '.dependency-cruiser.cjs')
  const args = [program, 'src', 'protocol', '--config', config, '--output-type', 'json']
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

const PACKAGES = {
  'package.json': '{ "dependencies": { "prom-client": "1", "snappyjs": "1" }, "devDependencies": { "kafkajs": "1" } }',
  'node_modules/prom-client/index.js': '',
  'node_modules/snappyjs/index.js': '',
  'node_modules/kafkajs/index.js': '',
}

/** A tree of its own for every test: `files`, and a few packages. */
function planted(files: Readonly<Record<string, string>>): Report {
  const root = temporaryDirectory()
  for (const [path, code] of Object.entries({
    ...PACKAGES,
    'src/index.ts': '',
    'protocol/index.ts': '',
    ...files,
  })) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), code)
  }
  return cruise(root)
}

const violationsOf = (report: Report) =>
  report.summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`).sort()

describe('the sources', () => {
  const report = cruise(repositoryRoot)
  const ours = report.modules.filter(module => /^(src|protocol)\//.test(module.source))

  test('keep the rules', () => {
    expect(violationsOf(report)).toEqual([])
  })

  test('were all looked at', () => {
    const sources = sourceFiles('src', 'protocol').map(file => file.path)
    expect(ours.map(module => module.source).sort()).toEqual(sources)
  })

  test('have one file for every third-party package', () => {
    const shared = report.modules
      .filter(module => module.source.startsWith('node_modules/'))
      .map(module => ({ package: module.source, files: module.dependents ?? [] }))
      .filter(({ files }) => files.length > 1)
    expect(shared).toEqual([])
  })
})

describe('planted', () => {
  const LAYERS = [
    ['io', 'config', 'metrics'],
    ['quota', 'peer'],
    ['log', 'metadata'],
    ['replication'],
    ['coordinator', 'security'],
    ['handlers'],
    ['network'],
    ['broker'],
    ['cli'],
  ]
  const rowOf = (folder: string) => LAYERS.findIndex(folders => folders.includes(folder))
  const folders = LAYERS.flat()
  const pairs = folders.flatMap(from => folders.filter(to => to !== from).map(to => ({ from, to })))

  test('imports are found unless they point to a lower layer, those of types too', () => {
    const files: Record<string, string> = {}
    for (const folder of folders) files[`src/${folder}/noun.ts`] = 'export interface Noun {}\nexport const value = 1'
    for (const { from, to } of pairs) {
      files[`src/${from}/value-of-${to}.ts`] = `import { value } from '../${to}/noun'\nexport const copy = value`
      files[`src/${from}/type-of-${to}.ts`] = `import type { Noun } from '../${to}/noun'\nexport type Copy = Noun`
    }
    const found = planted(files).summary.violations.map(({ from, to }) => `${from} -> ${to}`)
    const forbidden = pairs
      .filter(({ from, to }) => rowOf(to) >= rowOf(from))
      .flatMap(({ from, to }) => ['value', 'type'].map(kind => `src/${from}/${kind}-of-${to}.ts -> src/${to}/noun.ts`))
    expect(found.sort()).toEqual(forbidden.sort())
  })

  test('imports upwards are found in every form', () => {
    const report = planted({
      'src/log/dynamic-import.ts': "export const later = import('../broker/noun')",
      'src/log/export.ts': "export * from '../broker/noun'",
      'src/log/import-assignment.ts': "import noun = require('../broker/noun')\nexport const copy = noun",
      'src/log/require.ts': "export const noun = require('../broker/noun')",
      'src/log/type-export.ts': "export type { Noun } from '../broker/noun'",
      'src/broker/noun.ts': 'export interface Noun {}',
    })
    const forms = ['dynamic-import', 'export', 'import-assignment', 'require', 'type-export']
    expect(violationsOf(report)).toEqual(
      forms.map(form => `layer-of-log-and-metadata: src/log/${form}.ts -> src/broker/noun.ts`),
    )
  })

  test('a cycle is found, of types too', () => {
    const report = planted({
      'src/log/one.ts': "import type { Two } from './two'\nexport type One = Two",
      'src/log/two.ts': "import type { One } from './one'\nexport interface Two { one: One }",
      'src/log/three.ts': "import './three'",
    })
    expect(violationsOf(report)).toEqual([
      'no-circular: src/log/one.ts -> src/log/two.ts',
      'no-circular: src/log/three.ts -> src/log/three.ts',
    ])
  })

  test('everything that protocol takes from outside is found', () => {
    const report = planted({
      'protocol/wire/bad.ts': "import '../../src/io/disk'\nimport 'node:crypto'\nimport 'fs'",
      'protocol/wire/good.ts': "import 'node:zlib'\nimport 'snappyjs'\nimport '../index'",
      'src/io/disk.ts': '',
    })
    expect(violationsOf(report)).toEqual([
      'protocol-stands-alone: protocol/wire/bad.ts -> crypto',
      'protocol-stands-alone: protocol/wire/bad.ts -> fs',
      'protocol-stands-alone: protocol/wire/bad.ts -> src/io/disk.ts',
    ])
  })

  test('adapters are found where they are not chosen', () => {
    const use = "import '../io/node/node-disk'\nimport '../io/memory/memory-disk'"
    const report = planted({
      'src/io/node/node-disk.ts': "import '../disk'",
      'src/io/memory/memory-disk.ts': "import '../disk'\nimport '../node/node-disk'",
      'src/io/disk.ts': '',
      'src/io/platform.ts': "import './node/node-disk'",
      'src/broker/good.ts': use,
      'src/cli/good.ts': use,
      'src/network/bad.ts': use,
    })
    expect(violationsOf(report)).toEqual([
      'adapters-are-chosen-at-the-top: src/io/platform.ts -> src/io/node/node-disk.ts',
      'adapters-are-chosen-at-the-top: src/network/bad.ts -> src/io/memory/memory-disk.ts',
      'adapters-are-chosen-at-the-top: src/network/bad.ts -> src/io/node/node-disk.ts',
      'adapters-know-only-ports: src/io/memory/memory-disk.ts -> src/io/node/node-disk.ts',
    ])
  })

  test('packages are found where they do not belong, and files that are not there', () => {
    const report = planted({
      'src/metrics/good.ts': "import 'prom-client'\nimport 'node:path'",
      'src/network/bad.ts': "import 'prom-client'\nimport 'kafkajs'\nimport './missing'\nimport 'missing-package'",
    })
    expect(violationsOf(report)).toEqual([
      'metrics-wrap-prom-client: src/network/bad.ts -> node_modules/prom-client/index.js',
      'no-development-package: src/network/bad.ts -> node_modules/kafkajs/index.js',

      'not-to-unresolvable: src/network/bad.ts -> ./missing',
      'not-to-unresolvable: src/network/bad.ts -> missing-package',
    ])
  })

  test('a folder without a layer, and a command below the library, are found', () => {
    const report = planted({
      'src/index.ts': "import './broker/noun'\nimport './cli/noun'",
      'src/broker/noun.ts': '',
      'src/cli/noun.ts': "import '../utils/noun'",
      'src/utils/noun.ts': '',
    })
    expect(violationsOf(report)).toEqual([
      'layer-of-cli-and-testing: src/cli/noun.ts -> src/utils/noun.ts',
      'library-is-no-command: src/index.ts -> src/cli/noun.ts',
      'no-folder-without-layer: src/cli/noun.ts -> src/utils/noun.ts',
    ])
  })
})
