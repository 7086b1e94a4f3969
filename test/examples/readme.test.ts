/** What the README shows of tests is taken from the examples, which run. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(__dirname, '../..')
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')

const section = (title: string): string => readme.split(`\n## ${title}\n`)[1]!.split('\n## ')[0]!

const withoutIndent = (code: string): string => code.replace(/^ +/gm, '')

const examples = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter(path => /\.(test|config)\.m?js$/.test(path) && !path.includes('node_modules'))
  .map(path => withoutIndent(readFileSync(join(ROOT, 'examples', path), 'utf8')))

/** The parts of code that stand between empty lines. */
const parts = (title: string): string[] =>
  [...section(title).matchAll(/```js\n([\s\S]*?)```/g)].flatMap(([, code]) =>
    withoutIndent(code!).trimEnd().split('\n\n'),
  )

test.each(['In tests', 'Fault injection'])('the code of the section %s is in the examples', title => {
  expect(parts(title)).not.toHaveLength(0)
  for (const part of parts(title))
    expect([part, examples.some(example => example.includes(part))]).toEqual([part, true])
})
