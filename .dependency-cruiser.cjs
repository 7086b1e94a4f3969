// Who may import whom. There are no exceptions; a test plants violations of every rule and looks whether they are found.

/** Folders of src, from the ground up: each may import from those of lower rows and from itself, never from its neighbours. */
const LAYERS = [
  ['io', 'config', 'metrics'],
  ['quota', 'peer'],
  ['log', 'metadata'],
  ['replication'],
  ['coordinator', 'security'],
  ['handlers'],
  ['faults'],
  ['network'],
  ['broker'],
  ['cli', 'testing'],
]

const layerRules = LAYERS.map((folders, row) => {
  const lower = LAYERS.slice(0, row).flat()
  return {
    name: `layer-of-${folders.join('-and-')}`,
    comment: `src/(${folders.join('|')}) may import from ${lower.join(', ') || 'nothing'} of src, and from itself`,
    severity: 'error',
    from: { path: `^src/(${folders.join('|')})/` },
    to: { path: '^src/', pathNot: `^src/(${['$1', ...lower].join('|')})/` },
  }
})

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'no-folder-without-layer',
      comment: 'a new folder of src gets its place among the layers',
      severity: 'error',
      from: { path: '^src/(index\\.ts$|[^/]+/)' },
      to: { path: '^src/[^/]+', pathNot: `^src/(index\\.ts$|(${LAYERS.flat().join('|')})/)` },
    },
    {
      name: 'library-is-no-command',
      comment: 'who embeds a broker does not load the command line',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'no-circular',
      comment: 'of types neither',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'protocol-stands-alone',
      comment: 'protocol is a package of its own: nothing of src, and of Node only buffers and compression',
      severity: 'error',
      from: { path: '^protocol/' },
      to: { pathNot: ['^protocol/', '^node_modules/', '^(node:)?(zlib|buffer)$'] },
    },
    {
      name: 'adapters-are-chosen-at-the-top',
      comment: 'everything else takes the ports as arguments',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(broker|cli)/|^src/io/(node|memory)/' },
      to: { path: '^src/io/(node|memory)/' },
    },
    {
      name: 'adapters-know-only-ports',
      comment: 'real and simulated adapters do not mix',
      severity: 'error',
      from: { path: '^src/io/(node|memory)/' },
      to: { path: '^src/io/(node|memory)/', pathNot: '^src/io/$1/' },
    },
    {
      name: 'metrics-wrap-prom-client',
      severity: 'error',
      from: { path: '^(src|protocol)/', pathNot: '^src/metrics/' },
      to: { path: '^node_modules/prom-client/' },
    },
    {
      name: 'no-development-package',
      comment: 'what is shipped needs only what is installed with it',
      severity: 'error',
      from: { path: '^(src|protocol)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    // TypeScript 7 has no API that dependency-cruiser could use; without another parser it would look at nothing and be content.
    parser: 'swc',
    doNotFollow: { path: '^node_modules/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      conditionNames: ['node', 'require', 'default'],
      exportsFields: ['exports'],
    },
  },
}
