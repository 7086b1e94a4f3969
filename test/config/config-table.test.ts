import { renderConfigTable } from '../../src/config/config-table'
import type { Setting } from '../../src/config/setting'
import { brokerSettings } from '../../src/config/tables/broker-settings'
import { groupSettings } from '../../src/config/tables/group-settings'
import { topicSettings } from '../../src/config/tables/topic-settings'

const names = [brokerSettings, topicSettings, groupSettings]
  .flatMap(table => Object.entries<Setting>(table))
  .filter(([, { internal }]) => !internal)
  .map(([name]) => name)

describe('the table of settings', () => {
  it('names every setting in Markdown, with a row of five cells', () => {
    const rows = renderConfigTable('markdown')
      .split('\n')
      .filter(line => line.startsWith('| `'))
    expect(rows.map(row => /`(.+?)`/.exec(row)![1]!).sort()).toEqual([...names].sort())
    expect(rows.filter(row => row.split(/(?<!\\)\|/).length !== 7)).toEqual([])
  })

  it('shows values, default, when it may change, and honestly what has no effect', () => {
    expect(renderConfigTable('markdown').split('\n')).toEqual(
      expect.arrayContaining([
        '| `num.partitions` | int of at least 1 | `1` | at the start | Partitions of a topic that is created without a number of its own. |',
        expect.stringMatching(/^\| `compression\.gzip\.level` \| int from 1 to 9 or -1 \| `-1` \| while running \|/),
        expect.stringMatching(/^\| `log\.preallocate` .* No effect: segments grow as they are written\. \|$/),
        expect.stringMatching(/^\| `retention\.ms` \| long of at least -1 \| `log\.retention\.ms` \| while running \|/),
      ]),
    )
  })

  it('names every setting in the text, in lines that fit the terminal', () => {
    const lines = renderConfigTable('text', 60).split('\n')
    const headings = lines.filter(line => /^\S+ \(/.test(line))
    expect(headings.map(line => line.split(' ')[0]!).sort()).toEqual([...names].sort())
    expect(lines.filter(line => line.startsWith('    ') && line.length > 60)).toEqual([])
  })

  it('shows in the text what may change while running', () => {
    const text = renderConfigTable('text')
    expect(text).toContain(
      'max.connections (int of at least 0; default 2147483647; may change while running)\n    Connections',
    )
    expect(text).toContain('broker.rack (string; default none)\n')
    expect(text).toContain('max.connections.per.ip.overrides (string; default empty; may change while running)\n')
  })
})
