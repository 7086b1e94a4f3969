import {
  parseToolArguments,
  renderToolOptions,
  type ToolOption,
  ToolUsageError,
} from '../../../src/cli/kafka-tools/tool-options'

const OPTIONS: readonly ToolOption[] = [
  { name: 'list', meaning: 'A flag.' },
  { name: 'create', meaning: 'Another one.' },
  { name: 'topic', argument: 'topic', meaning: 'A name.' },
  { name: 'count', argument: 'number', meaning: 'A number.' },
]

const parse = (...args: readonly string[]) => parseToolArguments(OPTIONS, args)

test('arguments come behind the name, or behind an equals sign', () => {
  const args = parse('--topic', 'a=b', '--topic=c=d', '--count', '-3', '--list')
  expect(args.all('topic')).toEqual(['a=b', 'c=d'])
  expect([args.text('topic'), args.integer('count'), args.has('list'), args.has('create')]).toEqual([
    'c=d',
    -3,
    true,
    false,
  ])
  expect([...args.pairs('topic')]).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ])
})

test('what is not given is null', () => {
  expect([parse().text('topic'), parse().integer('count'), parse().all('topic')]).toEqual([null, null, []])
})

test.each([
  [['--other'], 'other is not a recognized option'],
  [['word'], 'word is not a recognized option'],
  [['--topic'], 'Option topic requires an argument'],
])('%j is refused', (args, message) => {
  expect(() => parse(...args)).toThrow(new ToolUsageError(message))
})

test('a number has to be one', () => {
  for (const text of ['abc', '', '1.5']) {
    expect(() => parse('--count', text).integer('count')).toThrow(`Cannot parse argument '${text}' of option count`)
  }
})

test('of several actions exactly one is given', () => {
  const message = 'Command must include exactly one action: --list, --topic or --create'
  expect(parse('--create').action(['list', 'topic', 'create'])).toBe('create')
  expect(() => parse().action(['list', 'topic', 'create'])).toThrow(message)
  expect(() => parse('--list', '--create').action(['list', 'topic', 'create'])).toThrow(message)
})

test('options are listed by name, with what they mean', () => {
  expect(renderToolOptions(OPTIONS).split('\n')).toEqual([
    `${'--count <number>'.padEnd(44)}A number.`,
    `${'--create'.padEnd(44)}Another one.`,
    `${'--list'.padEnd(44)}A flag.`,
    `${'--topic <topic>'.padEnd(44)}A name.`,
  ])
})
