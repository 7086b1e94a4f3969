import { ApiVersions } from '../../protocol/messages/18-api-versions'
import { LoadConnection } from './load-connection'

export interface IdleLoad {
  readonly host: string
  readonly port: number
  readonly connections: number
  readonly seconds: number
}

/** Opens connections that say hello and then nothing, and holds them. Prints `open` once all are there. */
export const runIdleLoad = async (load: IdleLoad): Promise<{ connections: number }> => {
  const connections: LoadConnection[] = []
  for (let at = 0; at < load.connections; at++) {
    const connection = await LoadConnection.open(load.host, load.port)
    await connection.request(ApiVersions, 0, {})
    connections.push(connection)
  }
  process.stderr.write('open\n')
  await new Promise(resolve => setTimeout(resolve, load.seconds * 1000))
  for (const connection of connections) connection.close()
  return { connections: connections.length }
}
