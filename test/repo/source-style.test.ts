import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot, type SourceFile, sourceFiles } from './source-files'
import { parse, type SyntaxNode, walk } from './syntax-tree'

const FILE_LINES_MAX = 400
const FUNCTION_LINES_MAX = 70

const ALL = ['src', 'protocol', 'test', 'bench', 'compat-tests']
/** Tables as data: as long as what they describe. */
const DATA = /^protocol\/(messages|records-on-disk)\//

const lineCount = (code: string) => code.split('\n').length - 1

interface LongFunction {
  readonly line: number
  readonly lines: number
}

function longFunctions(code: string): LongFunction[] {
  const tree = parse(code)
  const found: LongFunction[] = []
  walk(tree.root, node => {
    if (!isFunction(node)) return
    const { first, last } = tree.linesOf(node)
    if (last - first + 1 > FUNCTION_LINES_MAX) found.push({ line: first, lines: last - first + 1 })
  })
  return found
}

function isFunction(node: SyntaxNode): boolean {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ClassMethod|PrivateMethod|Constructor|MethodProperty|GetterProperty|SetterProperty)$/.test(
    node.type,
  )
}

test('all files of sources were found', () => {
  const paths = sourceFiles(...ALL).map(file => file.path)
  expect(paths).toEqual(expect.arrayContaining(['src/io/disk.ts', 'test/repo/source-style.test.ts']))
})

test('files are named in kebab-case', () => {
  const named = /^([a-z0-9-]+\/)*[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.ts$/
  expect(
    sourceFiles(...ALL)
      .map(file => file.path)
      .filter(path => !named.test(path)),
  ).toEqual([])
})

test(`files have at most ${FILE_LINES_MAX} lines`, () => {
  const isLong = (file: SourceFile) => !DATA.test(file.path) && lineCount(file.code) > FILE_LINES_MAX
  expect(
    sourceFiles('src', 'protocol', 'bench', 'compat-tests')
      .filter(isLong)
      .map(file => `${file.path} ${lineCount(file.code)}`),
  ).toEqual([])
})

test(`functions have at most ${FUNCTION_LINES_MAX} lines`, () => {
  const found = sourceFiles('src', 'protocol', 'bench', 'compat-tests').flatMap(file =>
    longFunctions(file.code).map(({ line, lines }) => `${file.path}:${line} ${lines}`),
  )
  expect(found).toEqual([])
})

test('long functions of every kind are found, and only those', () => {
  const body = (lines: number) => '\n  // ä €\n'.repeat(1) + '  f()\n'.repeat(lines - 3)
  const forms = [
    (lines: number) => `function f() {${body(lines)}}`,
    (lines: number) => `const f = function () {${body(lines)}}`,
    (lines: number) => `const f = async () => {${body(lines)}}`,
    (lines: number) => `class C { method() {${body(lines)}} }`,
    (lines: number) => `class C { #method() {${body(lines)}} }`,
    (lines: number) => `class C { static async *method() {${body(lines)}} }`,
    (lines: number) => `class C { constructor() {${body(lines)}} }`,
    (lines: number) => `class C { get it() {${body(lines)}} }`,
    (lines: number) => `const o = { method() {${body(lines)}} }`,
    (lines: number) => `const o = { get it() {${body(lines)}} }`,
  ]
  for (const form of forms) {
    expect(longFunctions(`// üü\n\n${form(FUNCTION_LINES_MAX)}\n`)).toEqual([])
    expect(longFunctions(`// üü\n\n${form(FUNCTION_LINES_MAX + 1)}\n`)).toEqual([
      { line: 3, lines: FUNCTION_LINES_MAX + 1 },
    ])
  }
})

test('nothing is left for later', () => {
  const mark = new RegExp(['TO' + 'DO', 'FIX' + 'ME'].join('|'))
  expect(
    sourceFiles(...ALL)
      .filter(file => mark.test(file.code))
      .map(file => file.path),
  ).toEqual([])
})

test('no file is named after nothing in particular', () => {
  const vague = /(^|[/-])(utils?|helpers?|common|misc|managers?)([/.-]|$)/
  expect(
    sourceFiles(...ALL)
      .map(file => file.path)
      .filter(path => vague.test(path)),
  ).toEqual([])
})

test('the top of the repository holds what it should and no more', () => {
  const expected = [
    '.ci',
    '.dependency-cruiser.cjs',
    '.dockerignore',
    '.git',
    '.gitignore',
    '.npmrc',
    'Dockerfile',
    'LICENSE',
    'README.md',
    'bench',
    'biome.json',
    'compat-tests',
    'compose.yaml',
    'deploy',
    'dist',
    'docker',
    'examples',
    'jest.config.js',
    'node_modules',
    'package-lock.json',
    'package.json',
    'protocol',
    'src',
    'test',
    'tsconfig.build.json',
    'tsconfig.json',
  ]
  const surplus = readdirSync(join(repositoryRoot)).filter(name => !expected.includes(name))
  expect(surplus).toEqual([])
})
