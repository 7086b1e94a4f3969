import { forbiddenNames } from './forbidden-names'
import { sourceFiles } from './source-files'

const names = (code: string) => forbiddenNames(code).map(finding => finding.name)

describe('the search for forbidden names', () => {
  test.each([
    ['const t = Date.now()', 'Date.now'],
    ['const t = new Date()', 'Date'],
    ['const t = Date()', 'Date'],
    ['const { now } = Date', 'Date'],
    ["const t = Date['now']()", 'Date.now'],
    ['const t = globalThis.Date.now()', 'globalThis.Date'],
    ['const t = performance.now()', 'performance.now'],
    ['const t = process.hrtime.bigint()', 'process.hrtime'],
    ['const x = Math.random()', 'Math.random'],
    ["const x = Math['random']()", 'Math.random'],
    ['const { random } = Math', 'Math'],
    ['const x = Math[name]()', 'Math'],
    ['setTimeout(f, 1)', 'setTimeout'],
    ['const f = { setTimeout }', 'setTimeout'],
    ['let t: ReturnType<typeof setTimeout>', 'setTimeout'],
    ['setInterval(f, 1)', 'setInterval'],
    ['setImmediate(f)', 'setImmediate'],
    ['function g(setTimeout: F) { setTimeout(f) }', 'setTimeout'],
    ['await scheduler.wait(1)', 'scheduler.wait'],
    ['const s = AbortSignal.timeout(5)', 'AbortSignal.timeout'],
    ['const w = new WeakRef(o)', 'WeakRef'],
    ['let w: WeakRef<object>', 'WeakRef'],
    ['new FinalizationRegistry(f)', 'FinalizationRegistry'],
    ['Atomics.wait(a, 0, 0, 5)', 'Atomics'],
    ['eval(s)', 'eval'],
    ['const x = process.env.HOME', 'process.env'],
    ["const x = process['env']", 'process.env'],
    ['const { env } = process', 'process'],
    ['process.exit(1)', 'process.exit'],
    ['process.on("SIGTERM", f)', 'process.on'],
    ['const x = crypto.randomUUID()', 'crypto.randomUUID'],
    ['await fetch(url)', 'fetch'],
    ['new Worker(f)', 'Worker'],
    ['new WebSocket(url)', 'WebSocket'],
    ["import fs from 'node:fs'", 'node:fs'],
    ["import { readFile } from 'fs/promises'", 'node:fs/promises'],
    ["import type { Stats } from 'node:fs'", 'node:fs'],
    ["export { connect } from 'node:net'", 'node:net'],
    ["export * from 'node:net'", 'node:net'],
    ["import fs = require('node:fs')", 'node:fs'],
    ["const fs = require('fs')", 'node:fs'],
    ["const fs = await import('node:fs')", 'node:fs'],
    ['const fs = await import(name)', 'import() of a computed name'],
    ["let s: import('node:fs').Stats", 'node:fs'],
    ["let s: import('./disk').Disk", 'import() of a type only'],
    ["import os from 'node:os'", 'node:os'],
    ["import dns from 'node:dns'", 'node:dns'],
    ["import { Worker } from 'node:worker_threads'", 'node:worker_threads'],
    ["import { setTimeout as sleep } from 'node:timers/promises'", 'node:timers/promises'],
    ["import { env } from 'node:process'", 'node:process'],
    ["import { performance } from 'node:perf_hooks'", 'node:perf_hooks'],
    ["import { gzip } from 'node:zlib'", 'zlib.gzip'],
    ["import { createGzip as f } from 'node:zlib'", 'zlib.createGzip'],
    ["import zlib from 'node:zlib'; zlib.gzip(b, f)", 'zlib.gzip'],
    ["import * as zlib from 'node:zlib'; (zlib as Z).zstdCompress(b, f)", 'zlib.zstdCompress'],
    ["import zlib from 'node:zlib'; zlib[name](b)", 'zlib.[computed]'],
    ["import zlib from 'node:zlib'; const { gzip } = zlib", 'zlib.*'],
    ["import { randomUUID } from 'node:crypto'", 'crypto.randomUUID'],
    ["import { randomBytes } from 'crypto'", 'crypto.randomBytes'],
    ["import * as c from 'node:crypto'; c.pbkdf2(a, b, f)", 'crypto.pbkdf2'],
    ["export { randomInt } from 'node:crypto'", 'crypto.randomInt'],
  ])('finds: %s', (code, name) => {
    expect(names(code)).toContain(name)
  })

  test.each([
    '// Date.now() in a comment',
    'const text = "setTimeout(f) and process.env"',
    'const d = new Date(0).toISOString()',
    'const d = Date.UTC(2020, 1)',
    'const is = x instanceof Date',
    'function f(d: Date): void {}',
    'const x = Math.max(1, 2)',
    'queueMicrotask(f)',
    'process.nextTick(f)',
    'timers.setTimeout(f)',
    'class C { setTimeout() {} performance = 1; get process() { return this.performance } }',
    'const o = { setTimeout: 1, fetch() {} }',
    'interface I { setTimeout(): void; process: string }',
    'const fetch = new Fetch(); fetch.run()',
    'function f({ process }: P, [crypto]: Q, ...global: R) { process.exit(crypto, global) }',
    "import { crypto } from './crypto'; crypto.randomUUID()",
    "import { join } from 'node:path'",
    "import { gzipSync, constants, type ZlibOptions } from 'node:zlib'",
    "import * as zlib from 'node:zlib'; if ('zstdCompressSync' in zlib) (zlib as Z).zstdCompressSync(b)",
    "import { createHash, timingSafeEqual } from 'node:crypto'",
    "import pino from 'pino'",
    "import { x } from './fs'",
    "const x = require('./x') as typeof import('./x')",
    "const x = (await import('./x')) as import('./x').X",
    'const signal = AbortSignal.any([])',
  ])('leaves alone: %s', code => {
    expect(names(code)).toEqual([])
  })

  test('says the line, also behind letters that take several bytes and after other files', () => {
    expect(forbiddenNames('\n// äöü €\n\nconst a = 1\nsetTimeout(f)')).toEqual([{ name: 'setTimeout', line: 5 }])
    expect(forbiddenNames('#!/usr/bin/env node\nsetTimeout(f)\n')).toEqual([{ name: 'setTimeout', line: 2 }])
  })
})

/** Where the ports are filled in. */
const FREE = /^src\/(io\/node|broker|cli)\//

test('time, chance, disk, network and the process come in through ports', () => {
  const findings = sourceFiles('src', 'protocol')
    .filter(file => !FREE.test(file.path))
    .flatMap(file => forbiddenNames(file.code).map(finding => `${file.path}:${finding.line} ${finding.name}`))
  expect(findings).toEqual([])
})

test('the search finds what the real adapters use', () => {
  const found = sourceFiles('src/io/node').flatMap(file => names(file.code))
  expect(found).toEqual(expect.arrayContaining(['Date.now', 'setTimeout', 'setImmediate', 'node:fs', 'node:net']))
})

test('tests wait for conditions, never for time to go by', () => {
  const isWait = (name: string) => /^(setTimeout|setInterval|Atomics|scheduler|node:timers)/.test(name)
  const findings = sourceFiles('test')
    .filter(file => file.path !== 'test/support/eventually.ts')
    .flatMap(file =>
      forbiddenNames(file.code)
        .filter(finding => isWait(finding.name))
        .map(finding => `${file.path}:${finding.line} ${finding.name}`),
    )
  expect(findings).toEqual([])
})
