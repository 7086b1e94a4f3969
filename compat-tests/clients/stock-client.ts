import path from 'node:path'

/** A program and its arguments. */
export type CommandLine = readonly [program: string, ...args: string[]]

/** A client as its users get it, and a small program that uses it. */
export interface StockClient {
  readonly name: string
  /** The folder of the program, beside this file; several versions of a client may share one. */
  readonly folder: string
  /** What it needs on this machine: each succeeds where that is there. */
  readonly toolchain: readonly CommandLine[]
  /** Installs and builds in a copy of the folder. */
  readonly prepare: readonly CommandLine[]
  /** The files after whose change that is done again: what to install, or all that is compiled. */
  readonly inputs: RegExp
  /** Runs the program in that copy, which gets BOOTSTRAP SCENARIO PREFIX as further arguments. */
  readonly command: CommandLine
}

type Kind = (name: string, folder?: string) => StockClient

const MANIFESTS = /(package|package-lock)\.json$|requirements\.txt$/
const SOURCES = /./

const NPM_INSTALL: CommandLine = ['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts=false']

/** By the Node that its package.json asks for. */
const node: Kind = (name, folder = name) => ({
  name,
  folder,
  toolchain: [['npm', '--version']],
  prepare: [NPM_INSTALL],
  inputs: MANIFESTS,
  command: [path.join('node_modules', '.bin', 'node'), 'client.mjs'],
})

/** By this Node; its C library is compiled, in one job, as it is large. */
const nodeWithLibrary: Kind = (name, folder = name) => ({
  name,
  folder,
  toolchain: [
    ['npm', '--version'],
    ['make', '--version'],
  ],
  prepare: [['nice', 'env', 'JOBS=1', ...NPM_INSTALL]],
  inputs: MANIFESTS,
  command: [process.execPath, 'client.mjs'],
})

const python: Kind = (name, folder = name) => ({
  name,
  folder,
  toolchain: [['python3', '-m', 'venv', '--help']],
  prepare: [
    ['python3', '-m', 'venv', '.venv'],
    [path.join('.venv', 'bin', 'pip'), 'install', '--quiet', '--requirement', 'requirements.txt'],
  ],
  inputs: MANIFESTS,
  command: [path.join('.venv', 'bin', 'python'), 'client.py'],
})

const go: Kind = (name, folder = name) => ({
  name,
  folder,
  toolchain: [['go', 'version']],
  prepare: [['go', 'build', '-o', 'client', '.']],
  inputs: SOURCES,
  command: ['./client'],
})

const rust: Kind = (name, folder = name) => ({
  name,
  folder,
  toolchain: [
    ['cargo', '--version'],
    ['make', '--version'],
  ],
  // One job: the C library below it is large.
  prepare: [['nice', 'cargo', 'build', '--quiet', '--locked', '--jobs', '1']],
  inputs: SOURCES,
  command: [path.join('target', 'debug', 'client')],
})

const java = (version: string): StockClient => ({
  name: `Java ${version}`,
  folder: 'java',
  toolchain: [
    ['java', '-version'],
    ['mvn', '--version'],
  ],
  prepare: [['mvn', '--quiet', '--batch-mode', `-P${version}`, 'package', 'dependency:copy-dependencies']],
  inputs: SOURCES,
  command: [
    'java',
    '-cp',
    path.join('target', 'classes') + path.delimiter + path.join('target', 'dependency', '*'),
    'Client',
  ],
})

/** By the number of their users, more or less. */
export const CLIENTS: readonly StockClient[] = [
  node('kafkajs'),
  python('confluent-kafka-python'),
  node('@platformatic/kafka', 'platformatic'),
  python('aiokafka'),
  python('kafka-python'),
  java('4.3'),
  java('3.9'),
  {
    name: 'kcat',
    folder: 'kcat',
    toolchain: [['kcat', '-V']],
    prepare: [],
    inputs: MANIFESTS,
    command: [process.execPath, 'client.mjs'],
  },
  go('franz-go'),
  go('sarama'),
  go('kafka-go'),
  rust('rust-rdkafka'),
  nodeWithLibrary('node-rdkafka'),
]
