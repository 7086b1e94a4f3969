import type { SettingValue } from './setting'

/** An address on which HTTP is answered. */
export interface HttpAddress {
  /** Without brackets; empty = all addresses. */
  readonly host: string
  /** 0 = any free port. */
  readonly port: number
}

/** host:port, for people who write URLs also http://host:port; an IPv6 address stands in brackets. */
const ADDRESS = /^(?:http:\/\/)?(?:\[([0-9a-f:.%]+)\]|([0-9a-z\-_.]*)):(\d{1,5})\/?$/i
const PORT_MAX = 65_535

/** Null when `text` is no address. */
const parseHttpAddress = (text: string): HttpAddress | null => {
  const [, ipv6, host, digits] = ADDRESS.exec(text) ?? []
  const port = Number(digits)
  return port <= PORT_MAX ? { host: ipv6 ?? host ?? '', port } : null
}

/** Why `http.listeners` may not have this value, or null. */
export const refuseHttpListeners = (value: SettingValue): string | null => {
  const wrong = (value as readonly string[]).find(text => parseHttpAddress(text) === null)
  return wrong === undefined ? null : `${wrong} is not of the form host:port with a port from 0 to ${PORT_MAX}`
}

/** Whether only programs on the same machine can come this way. */
export const isLoopback = ({ host }: HttpAddress): boolean =>
  host === '::1' || host.toLowerCase() === 'localhost' || /^127(\.\d+){3}$/.test(host)

/** The addresses of a value that was not refused. */
export const httpAddresses = (listeners: readonly string[]): HttpAddress[] =>
  listeners.map(text => parseHttpAddress(text)!)
