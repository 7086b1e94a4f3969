import { apiByKey } from '../../protocol/messages'
import { ApiVersions } from '../../protocol/messages/18-api-versions'
import { startBroker } from '../../src'
import { renderConfigTable } from '../../src/config/config-table'
import { NodeTransport } from '../../src/io/node/node-transport'
import { renderMetricsTable } from '../../src/metrics/metrics-table'
import { TestClient } from './test-client'

/** The parts of the README that are made of the code, by the names of their markers. */
export const readmeSections = async (): Promise<Readonly<Record<string, string>>> => ({
  apis: await apiTable(),
  settings: renderConfigTable('markdown'),
  metrics: renderMetricsTable(),
})

/** The text between the markers of a section, or null. */
export const sectionOf = (readme: string, name: string): string | null => {
  const match = new RegExp(`<!-- ${name} -->\n([\\s\\S]*?)\n<!-- /${name} -->`).exec(readme)
  return match === null ? null : match[1]!.trim()
}

/** What a client is told, as a table. */
const apiTable = async (): Promise<string> => {
  const broker = await startBroker()
  const client = await TestClient.connect(new NodeTransport(), broker.listeners[0]!)
  try {
    const { apiKeys } = await client.send(ApiVersions, 4, { clientSoftwareName: 'readme', clientSoftwareVersion: '1' })
    const rows = apiKeys.map(({ apiKey, minVersion, maxVersion }) => {
      return `| ${apiKey} | ${apiByKey(apiKey)!.name} | ${minVersion} to ${maxVersion} |`
    })
    return ['| Key | API | Versions |', '| --- | --- | --- |', ...rows].join('\n')
  } finally {
    client.end()
    await broker.close()
  }
}
