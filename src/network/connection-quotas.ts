export interface ConnectionLimits {
  /** `max.connections`: of the whole broker. */
  readonly maxConnections: number
  /** `max.connections.per.ip` */
  readonly maxConnectionsPerIp: number
  /** `max.connections.per.ip.overrides`: `address:limit` pairs, separated by commas. Names of hosts are not resolved. */
  readonly maxConnectionsPerIpOverrides: string
}

/**
 * Counts connections, in all and per client address. Kafka stops accepting at `max.connections`; here the surplus is closed, so that
 * clients learn at once that they are not served.
 */
export class ConnectionQuotas {
  readonly #limits: () => ConnectionLimits
  readonly #countOfAddress = new Map<string, number>()
  #overridesText = ''
  #overrides: ReadonlyMap<string, number> = new Map()
  #count = 0

  /** `limits` is asked at every connection, since these settings are dynamic. */
  constructor(limits: () => ConnectionLimits) {
    this.#limits = limits
  }

  get count(): number {
    return this.#count
  }

  /** Counts one connection in and returns null, or counts nothing and returns the setting that forbids it. */
  admit(address: string): 'max.connections' | 'max.connections.per.ip' | null {
    const limits = this.#limits()
    if (this.#count >= limits.maxConnections) return 'max.connections'
    const client = plainAddress(address)
    const ofClient = this.#countOfAddress.get(client) ?? 0
    if (ofClient >= this.#limitOf(client, limits)) return 'max.connections.per.ip'
    this.#count++
    this.#countOfAddress.set(client, ofClient + 1)
    return null
  }

  /** Counts one admitted connection out. */
  release(address: string): void {
    const client = plainAddress(address)
    const ofClient = this.#countOfAddress.get(client)
    if (ofClient === undefined) throw new Error(`no connection of ${client} was counted`)
    this.#count--
    if (ofClient === 1) this.#countOfAddress.delete(client)
    else this.#countOfAddress.set(client, ofClient - 1)
  }

  #limitOf(client: string, limits: ConnectionLimits): number {
    if (limits.maxConnectionsPerIpOverrides !== this.#overridesText) {
      this.#overridesText = limits.maxConnectionsPerIpOverrides
      this.#overrides = parseOverrides(this.#overridesText)
    }
    return this.#overrides.get(client) ?? limits.maxConnectionsPerIp
  }
}

/** A dual-stack socket shows an IPv4 client as `::ffff:a.b.c.d`; it is the same client. */
const plainAddress = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address)

const parseOverrides = (text: string): Map<string, number> => {
  const overrides = new Map<string, number>()
  for (const entry of text.split(',')) {
    // The last colon: addresses of IPv6 have others.
    const colon = entry.lastIndexOf(':')
    if (colon > 0) overrides.set(entry.slice(0, colon).trim(), Number(entry.slice(colon + 1)))
  }
  return overrides
}
