// Lets a child process of a test run the sources: node --require <this file> program.ts
const { transformFileSync } = require('@swc/core')

require.extensions['.ts'] = (module, path) => {
  const { code } = transformFileSync(path, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
    swcrc: false,
  })
  module._compile(code, path)
}
