import { allowedValues } from './allowed-values'
import { brokerSetting } from './broker-config'
import type { Setting, SettingTable } from './setting'
import { brokerSettings } from './tables/broker-settings'
import { groupSettings } from './tables/group-settings'
import { topicSettings } from './tables/topic-settings'

/**
 * All settings with types, defaults and documentation: as text for a terminal of `width` columns, or as Markdown.
 */
export const renderConfigTable = (format: 'text' | 'markdown', width = 100): string =>
  SECTIONS.map(([title, table]) =>
    format === 'text' ? textSection(title, table, width) : markdownSection(title, table),
  ).join('\n')

const SECTIONS: readonly (readonly [title: string, table: SettingTable])[] = [
  ['Settings of the broker', brokerSettings],
  ['Settings of a topic', topicSettings],
  ['Settings of a group', groupSettings],
]

const rowsOf = (table: SettingTable): [string, Setting][] =>
  Object.entries(table)
    .filter(([, setting]) => !setting.internal)
    .sort(([a], [b]) => (a < b ? -1 : 1))

/** The default, or the setting whose value counts instead. */
const defaultText = ({ synonym, default: text, inherits }: Setting): string =>
  (synonym && brokerSetting(synonym) ? synonym : null) ?? (text === '' ? 'empty' : text) ?? inherits ?? 'none'

/** Settings of topics and groups always may change; only those of the broker have to say so. */
const isFixed = (table: SettingTable, setting: Setting): boolean => table === brokerSettings && !setting.dynamic

const remarks = (setting: Setting): string =>
  setting.noEffect === undefined ? setting.doc : `${setting.doc} No effect: ${setting.noEffect}.`

const textSection = (title: string, table: SettingTable, width: number): string => {
  const rows = rowsOf(table).map(([name, setting]) => {
    const dynamic = table === brokerSettings && setting.dynamic ? '; may change while running' : ''
    const facts = `${name} (${allowedValues(setting)}; default ${defaultText(setting)}${dynamic})`
    return [facts, ...wrapped(remarks(setting), width - 4).map(line => `    ${line}`)].join('\n')
  })
  return `${title.toUpperCase()}\n\n${rows.join('\n')}\n`
}

/** Breaks a text into lines of at most `width` columns; a longer word has a line of its own. */
const wrapped = (text: string, width: number): string[] => {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

const markdownSection = (title: string, table: SettingTable): string => {
  const rows = rowsOf(table).map(([name, setting]) => {
    const cells = [
      `\`${name}\``,
      allowedValues(setting),
      `\`${defaultText(setting)}\``,
      isFixed(table, setting) ? 'at the start' : 'while running',
      remarks(setting),
    ]
    return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return [
    `### ${title}`,
    '',
    '| Setting | Values | Default | Changes | What it does |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
