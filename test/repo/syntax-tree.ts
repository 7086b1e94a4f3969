import { parseSync } from '@swc/core'

/** A node of the tree that swc makes of a TypeScript file. */
export interface SyntaxNode {
  readonly type: string
  readonly [key: string]: unknown
}

export interface SyntaxTree {
  readonly root: SyntaxNode
  /** Line numbers, from 1, of the first and the last character of a node. */
  linesOf(node: SyntaxNode): { readonly first: number; readonly last: number }
}

export function parse(code: string): SyntaxTree {
  // Spans count bytes over all files parsed so far, and that of a module begins at its first token: this semicolon.
  const bytes = Buffer.from(`;${code.replace(/^#!/, '//')}`)
  const root = parseSync(bytes.toString(), { syntax: 'typescript', target: 'es2023' }) as unknown as SyntaxNode
  const start = spanOf(root)!.start
  const lineAt = (position: number) => bytes.subarray(0, position - start).filter(byte => byte === 0x0a).length + 1
  return {
    root,
    linesOf: node => {
      const span = spanOf(node)!
      return { first: lineAt(span.start), last: lineAt(span.end) }
    },
  }
}

function spanOf(node: SyntaxNode): { readonly start: number; readonly end: number } | undefined {
  return node['span'] as { start: number; end: number } | undefined
}

/** The nodes directly below `node`. swc wraps some in plain objects (the arguments of a call, for example): those are looked through. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return Object.entries(node).flatMap(([key, value]) => (key === 'span' ? [] : nodesIn(value)))
}

export function nodesIn(value: unknown): SyntaxNode[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap(nodesIn)
  return 'type' in value && typeof value.type === 'string'
    ? [value as SyntaxNode]
    : Object.values(value).flatMap(nodesIn)
}

/** Calls `visit` with every node below and including `node`, and with the node above it. */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, parent: SyntaxNode | null) => void,
  parent: SyntaxNode | null = null,
): void {
  visit(node, parent)
  for (const child of childrenOf(node)) walk(child, visit, node)
}
