import { brokerSetting } from '../../../src/config/broker-config'
import { camelCase, type Setting } from '../../../src/config/setting'
import { groupSettings } from '../../../src/config/tables/group-settings'
import golden from '../../golden/config/kafka-4.3-settings.json'
import { sourceFiles } from '../../repo/source-files'

const kafka = new Map(golden.group.map(row => [row.name, row]))
const rows: [string, Setting][] = Object.entries(groupSettings)

describe('the settings of a group', () => {
  it('are those of Kafka', () => {
    expect(Object.keys(groupSettings).sort()).toEqual([...kafka.keys()].sort())
  })

  test.each(rows)(
    '%s has the type, default and range of Kafka',
    (name, { type, default: text, min, values, check }) => {
      const row = kafka.get(name)!
      expect([type, text]).toEqual([row.type, row.default])
      const range = min === undefined ? undefined : `[${min},...]`
      const allowed = values === undefined ? undefined : `[${values.join(', ')}]`
      if (check === undefined) expect(range ?? allowed).toBe(row.validator)
    },
  )

  it('are told in another place, of the same type and default, where the broker has them', () => {
    const inherited = rows.filter(([, { synonym }]) => synonym !== undefined && brokerSetting(synonym))
    expect(inherited).toHaveLength(3)
    for (const [, { synonym, type, default: text, min }] of inherited) {
      expect(brokerSetting(synonym!)).toMatchObject({ type, default: text, min })
    }
  })

  it('are read where groups are kept, unless they say that they have no effect', () => {
    const readers = sourceFiles('src').filter(({ path }) => !path.startsWith('src/config/'))
    const isRead = (name: string) => readers.some(({ code }) => new RegExp(`\\b${camelCase(name)}\\b`).test(code))
    const liars = rows.filter(([name, { noEffect }]) => isRead(name) === (noEffect !== undefined))
    expect(liars.map(([name]) => name)).toEqual([])
  })

  test.each(rows)('%s is documented in a sentence', (_, { doc }) => {
    expect(doc).toMatch(/^[A-Z].*\.$/)
  })
})
