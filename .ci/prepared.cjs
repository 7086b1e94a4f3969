// Runs a script of this repository when everything that it needs is there: installs the packages of the lockfile and compiles the
// sources first, each only when needed. Used by the scripts of package.json:
//
//   node .ci/prepared.cjs SCRIPT [ARGUMENT...]
//
// It loads before any package is installed, so it uses nothing but Node.
const { spawnSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const fs = require('node:fs')
const Module = require('node:module')
const path = require('node:path')

const root = path.dirname(__dirname)
const BUILD_STAMP = path.join(root, 'dist', '.built')
const BUILD_INPUTS = [
  'src',
  'protocol',
  'bench',
  'compat-tests',
  'tsconfig.json',
  'tsconfig.build.json',
  'package.json',
]

if (!isInstalled()) install()
const fingerprint = fingerprintOfSources()
if (readOrNull(BUILD_STAMP) !== fingerprint) build(fingerprint)

// In this process: a second Node would cost its start-up time again, and would have to be told of every signal.
process.argv.splice(1, 2, path.resolve(root, process.argv[2]))
Module.runMain()

/** Whether node_modules holds what the lockfile asks for. npm keeps a lockfile of what it has installed, written last. */
function isInstalled() {
  const installed = readOrNull(path.join(root, 'node_modules', '.package-lock.json'))
  if (installed === null) return false
  const wanted = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages
  const present = JSON.parse(installed).packages
  return Object.entries(wanted).every(([name, { version, optional }]) => {
    if (name === '') return true
    // Optional packages are those of other platforms.
    return present[name] ? present[name].version === version : optional === true
  })
}

function install() {
  say('installing packages')
  // npm names its own script when it runs ours; PATH may have another npm.
  const npm = process.env.npm_execpath
  const [command, ...first] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm']
  run(command, [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'])
}

function build(fingerprint) {
  say('compiling')
  run(process.execPath, [path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'])
  // The command in one file starts in half the time.
  const { bundle } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).scripts ?? {}
  if (bundle) run(path.join(root, 'node_modules', '.bin', 'esbuild'), bundle.split(' ').slice(1))
  fs.writeFileSync(BUILD_STAMP, fingerprint)
}

/** Changes when a source is added, removed or written. */
function fingerprintOfSources() {
  const hash = createHash('sha256')
  for (const input of BUILD_INPUTS) addTo(hash, path.join(root, input))
  return hash.digest('hex')
}

function addTo(hash, file) {
  const stats = fs.statSync(file, { throwIfNoEntry: false })
  if (stats?.isDirectory()) {
    for (const name of fs.readdirSync(file).sort()) if (name !== 'node_modules') addTo(hash, path.join(file, name))
  } else if (stats && /\.(ts|json)$/.test(file)) {
    hash.update(`${file} ${stats.size} ${stats.mtimeMs}\n`)
  }
}

function run(command, args) {
  // What these print is no output of the script: standard output may be read by another program.
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
  })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

function readOrNull(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function say(message) {
  process.stderr.write(`odradek: ${message}\n`)
}
