import { isBuiltin } from 'node:module'
import { childrenOf, nodesIn, parse, type SyntaxNode, walk } from './syntax-tree'

export interface Finding {
  /** `Date.now`, `node:fs`, `zlib.gzip` ... */
  readonly name: string
  readonly line: number
}

/** Modules of Node whose functions only compute; of some, only some functions. */
const ALLOWED_MODULES: Readonly<Record<string, (name: string) => boolean>> = {
  assert: () => true,
  buffer: () => true,
  crypto: name =>
    /^[A-Z]|^(createHash|createHmac|createPublicKey|createSecretKey|createVerify|hkdfSync|pbkdf2Sync|timingSafeEqual|verify)$/.test(
      name,
    ),
  events: () => true,
  path: () => true,
  string_decoder: () => true,
  url: () => true,
  util: () => true,
  zlib: name => /^[A-Z]|Sync$|^(constants|crc32)$/.test(name),
}

/** Names that only a reference to the global can mean. */
const GLOBALS = new Set(
  `Atomics FinalizationRegistry WeakRef clearImmediate clearInterval clearTimeout eval setImmediate setInterval setTimeout`.split(
    ' ',
  ),
)

/** Names that a file may give to something of its own; then they are that. */
const GLOBALS_UNLESS_DECLARED = new Set(
  `BroadcastChannel Bun Deno EventSource MessageChannel WebSocket Worker crypto fetch global globalThis navigator performance process
  scheduler`.split(/\s+/),
)

const ALLOWED_OF_PROCESS = new Set(['nextTick', 'versions'])
const ALLOWED_OF_DATE = new Set(['UTC', 'parse', 'prototype'])

/**
 * What a source refers to that would make it depend on the machine and the moment: clocks, timers, chance, disk, network, the process.
 * Looks at the syntax tree, so comments, strings and names of properties do not count; types do.
 */
export function forbiddenNames(code: string): Finding[] {
  const tree = parse(code)
  const declared = declaredNames(tree.root)
  const namespaces = new Map<string, string>()
  const findings: Finding[] = []
  const report = (name: string, node: SyntaxNode) => findings.push({ name, line: tree.linesOf(node).first })
  walk(tree.root, node => checkModules(node, namespaces, name => report(name, node)))
  for (const node of hiddenImports(tree.root)) report('import() of a type only', node)
  walkReferences(tree.root, [], (node, above) => {
    const name = forbiddenReference(node, above, declared) ?? forbiddenMember(node, above, namespaces)
    if (name !== null) report(name, node)
  })
  return findings
}

/** Imports in all their forms. The names of whole modules, where only parts are allowed, are collected in `namespaces`. */
function checkModules(node: SyntaxNode, namespaces: Map<string, string>, report: (name: string) => void): void {
  if (node.type === 'TsImportType') checkModule(stringOf(node['argument']), report)
  if (node.type === 'TsExternalModuleReference') checkModule(stringOf(node['expression']), report)
  if (node.type === 'CallExpression' && isImporting(node['callee'] as SyntaxNode)) {
    checkModule(stringOf(nodesIn(node['arguments'])[0]), report)
  }
  if (!/^(ImportDeclaration|ExportNamedDeclaration|ExportAllDeclaration)$/.test(node.type) || !node['source']) return
  const module = stringOf(node['source'])
  checkModule(module, report)
  const allowed = ALLOWED_MODULES[withoutPrefix(module ?? '')]
  if (!allowed) return
  for (const specifier of nodesIn(node['specifiers'])) {
    if (specifier.type === 'ImportSpecifier' || specifier.type === 'ExportSpecifier') {
      const original = (specifier['imported'] ?? specifier['orig'] ?? specifier['local']) as SyntaxNode
      if (!allowed(String(original['value']))) report(`${withoutPrefix(module!)}.${original['value']}`)
    } else {
      namespaces.set(String((specifier['local'] as SyntaxNode)['value']), withoutPrefix(module!))
    }
  }
}

/**
 * `import('./x').T` of modules that the file does not import in another way too (`require('./x') as typeof import('./x')`): the rules of
 * the layers do not see them.
 */
function hiddenImports(root: SyntaxNode): SyntaxNode[] {
  const seen = new Set<string | null>()
  const inTypes: SyntaxNode[] = []
  walk(root, node => {
    if (node.type === 'TsImportType') inTypes.push(node)
    else if (node.type === 'CallExpression' && isImporting(node['callee'] as SyntaxNode)) {
      seen.add(stringOf(nodesIn(node['arguments'])[0]))
    } else if (node['source']) seen.add(stringOf(node['source']))
  })
  return inTypes.filter(node => !seen.has(stringOf(node['argument'])))
}

function checkModule(module: string | null, report: (name: string) => void): void {
  if (module === null) report('import() of a computed name')
  else if (isBuiltin(module) && !ALLOWED_MODULES[withoutPrefix(module)]) report(`node:${withoutPrefix(module)}`)
}

function isImporting(callee: SyntaxNode): boolean {
  return callee.type === 'Import' || (callee.type === 'Identifier' && callee['value'] === 'require')
}

/** `above`: the nodes around the reference, innermost last. */
function forbiddenReference(
  node: SyntaxNode,
  above: readonly SyntaxNode[],
  declared: ReadonlySet<string>,
): string | null {
  const name = String(node['value'])
  const parent = above.at(-1)!
  const member = memberOf(node, parent)
  if (GLOBALS.has(name)) return name
  if (declared.has(name)) return null
  if (name === 'process') return member !== null && ALLOWED_OF_PROCESS.has(member) ? null : nameOf(name, member)
  if (GLOBALS_UNLESS_DECLARED.has(name)) return nameOf(name, member)
  if (name === 'Math')
    return parent.type === 'MemberExpression' && member !== null && member !== 'random' ? null : nameOf(name, member)
  if (name === 'AbortSignal') return member === 'timeout' ? 'AbortSignal.timeout' : null
  return name === 'Date' && !isPureDate(parent, member) ? nameOf(name, member) : null
}

function isPureDate(parent: SyntaxNode, member: string | null): boolean {
  if (parent.type === 'NewExpression') return nodesIn(parent['arguments']).length > 0
  return (
    parent.type === 'TsTypeReference' ||
    (parent.type === 'BinaryExpression' && parent['operator'] === 'instanceof') ||
    (member !== null && ALLOWED_OF_DATE.has(member))
  )
}

/** A part that is not allowed of a module imported as a whole. */
function forbiddenMember(
  node: SyntaxNode,
  above: readonly SyntaxNode[],
  namespaces: ReadonlyMap<string, string>,
): string | null {
  const module = namespaces.get(String(node['value']))
  if (module === undefined) return null
  let inner = node
  for (const outer of above.toReversed()) {
    if (outer.type === 'MemberExpression' && outer['object'] === inner) {
      const member = memberOf(inner, outer)
      return member !== null && ALLOWED_MODULES[module]!(member) ? null : `${module}.${member ?? '[computed]'}`
    }
    if (outer.type === 'VariableDeclarator') return `${module}.*`
    if (!/^(Ts(As|NonNull|Satisfies|TypeAssertion|ConstAssertion)|Parenthesis)/.test(outer.type)) return null
    inner = outer
  }
  return null
}

/** The property that `parent` takes of `node`; null when that is not known, or when it takes none. */
function memberOf(node: SyntaxNode, parent: SyntaxNode): string | null {
  if (parent.type === 'TsQualifiedName' && parent['left'] === node)
    return String((parent['right'] as SyntaxNode)['value'])
  if (parent.type !== 'MemberExpression' || parent['object'] !== node) return null
  const property = parent['property'] as SyntaxNode
  return property.type === 'Identifier' ? String(property['value']) : stringOf(property['expression'])
}

function nameOf(name: string, member: string | null): string {
  return member === null ? name : `${name}.${member}`
}

/** Visits the identifiers that refer to something: not names of properties, labels, and the outer names of imports and exports. */
function walkReferences(
  node: SyntaxNode,
  above: SyntaxNode[],
  visit: (node: SyntaxNode, above: readonly SyntaxNode[]) => void,
): void {
  if (node.type === 'Identifier') visit(node, above)
  const names = namesThatReferToNothing(node)
  above.push(node)
  for (const child of childrenOf(node)) if (!names.includes(child)) walkReferences(child, above, visit)
  above.pop()
}

function namesThatReferToNothing(node: SyntaxNode): unknown[] {
  switch (node.type) {
    case 'MemberExpression':
    case 'SuperPropExpression':
      return [node['property']].filter(property => (property as SyntaxNode).type === 'Identifier')
    case 'TsQualifiedName':
      return [node['right']]
    case 'ImportSpecifier':
      return [node['imported']]
    case 'ExportSpecifier':
      return [node['exported']]
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return [node['label']]
    case 'TsEnumMember':
      return [node['id']]
    case 'MetaProperty':
      return childrenOf(node)
    case 'AssignmentPatternProperty':
      return []
    default:
      return 'key' in node && (node['key'] as SyntaxNode)?.type === 'Identifier' ? [node['key']] : []
  }
}

/** All names that the file gives to something, in any scope. */
function declaredNames(root: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>()
  const add = (pattern: unknown) => {
    for (const node of nodesIn(pattern)) {
      if (node.type === 'Identifier') names.add(String(node['value']))
      else if (node.type === 'AssignmentPatternProperty') add(node['key'])
      else if (node.type === 'AssignmentPattern') add(node['left'])
      else if (node.type === 'KeyValuePatternProperty') add(node['value'])
      else if (/^(ArrayPattern|ObjectPattern|RestElement)$/.test(node.type)) childrenOf(node).forEach(add)
    }
  }
  walk(root, node => {
    if (node.type === 'VariableDeclarator') add(node['id'])
    else if (node.type === 'Parameter') add(node['pat'])
    else if (node.type === 'ArrowFunctionExpression') add(node['params'])
    else if (node.type === 'CatchClause') add(node['param'])
    else if (/^(Function|Class)(Declaration|Expression)$/.test(node.type)) add(node['identifier'])
    else if (/^Import(Default|Namespace)?Specifier$/.test(node.type)) add(node['local'])
  })
  return names
}

function stringOf(node: unknown): string | null {
  const literal = nodesIn(node)[0]
  return literal?.type === 'StringLiteral' ? String(literal['value']) : null
}

function withoutPrefix(module: string): string {
  return module.replace(/^node:/, '')
}
