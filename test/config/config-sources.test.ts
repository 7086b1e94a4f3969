import { collectSettings } from '../../src/config/config-sources'

const file = (text: string) => ({ name: 'server.properties', text })

describe('the sources of the configuration', () => {
  it('come in the order options, --set, environment, file, defaults', () => {
    const layers = [
      { defaults: { a: 'default' } },
      { file: file('a=file') },
      { environment: { KAFKA_A: 'environment' } },
      { sets: ['a=set'] },
      { options: { a: 'option' } },
    ]
    const winners = layers.map((_, index) => collectSettings(Object.assign({}, ...layers.slice(0, index + 1))))
    expect(winners.map(({ texts }) => texts.get('a')?.text)).toEqual([
      'default',
      'file',
      'environment',
      'set',
      'option',
    ])
  })

  it('are named with every value', () => {
    const { texts } = collectSettings({
      defaults: { a: '1' },
      file: file('# comment\nb=2\n'),
      environment: { KAFKA_C: '3' },
      sets: ['d=4'],
      options: { e: '5' },
    })
    expect(Object.fromEntries([...texts].map(([name, { source }]) => [name, source]))).toEqual({
      a: 'default',
      b: 'server.properties:2',
      c: 'environment variable KAFKA_C',
      d: '--set',
      e: 'option',
    })
  })

  it('of --set may hold further equals signs, or nothing behind the first', () => {
    const { texts } = collectSettings({ sets: ['a=b=c', 'd='] })
    expect([texts.get('a')?.text, texts.get('d')?.text]).toEqual(['b=c', ''])
  })

  it('let the last of several occurrences count', () => {
    const { texts } = collectSettings({ file: file('a=1\na=2'), sets: ['b=1', 'b=2'] })
    expect([texts.get('a')?.text, texts.get('b')?.text]).toEqual(['2', '2'])
  })

  it('report all parts that cannot be read', () => {
    const { problems } = collectSettings({ file: file('a=1\nb=\\u00'), sets: ['num.partitions', '=3'] })
    expect(problems.map(({ name, source }) => [name, source])).toEqual([
      ['server.properties', 'server.properties:2'],
      ['num.partitions', '--set'],
      ['=3', '--set'],
    ])
  })
})
