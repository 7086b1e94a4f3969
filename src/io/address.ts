/** `host:port`, an IPv6 host in brackets. */
export const addressText = (host: string, port: number | string): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`
