import { brokerSetting } from '../../../src/config/broker-config'
import { camelCase, type Setting } from '../../../src/config/setting'
import { topicSettings } from '../../../src/config/tables/topic-settings'
import golden from '../../golden/config/kafka-4.3-settings.json'
import { sourceFiles } from '../../repo/source-files'

const kafka = new Map(golden.topic.map(row => [row.name, row]))
const rows: [string, Setting][] = Object.entries(topicSettings)

describe('the settings of a topic', () => {
  it('are those of Kafka', () => {
    expect(Object.keys(topicSettings).sort()).toEqual([...kafka.keys()].sort())
  })

  test.each(rows)('%s has the type and default of Kafka', (name, setting) => {
    expect(setting.type).toBe(kafka.get(name)!.type)
    expect(setting.default).toBe(kafka.get(name)!.default)
  })

  it('have synonyms among the settings of the broker, of the same type', () => {
    const synonyms = rows.filter(([, { synonym }]) => synonym !== undefined)
    expect(synonyms.map(([, { synonym, type }]) => [synonym, type])).toEqual(
      synonyms.map(([, { synonym }]) => [synonym, brokerSetting(synonym!)?.type]),
    )
  })

  it('are read where logs are kept, unless they say that they have no effect', () => {
    const readers = sourceFiles('src').filter(({ path }) => !path.startsWith('src/config/'))
    const isRead = (name: string) => readers.some(({ code }) => new RegExp(`\\b${camelCase(name)}\\b`).test(code))
    const shown = rows.filter(([, { internal }]) => !internal)
    const liars = shown.filter(([name, { noEffect }]) => isRead(name) === (noEffect !== undefined))
    expect(liars.map(([name]) => name)).toEqual([])
  })

  test.each(rows)('%s is documented in a sentence', (_, { doc }) => {
    expect(doc).toMatch(/^[A-Z].*\.$/)
  })
})
