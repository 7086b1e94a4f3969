import { type HttpAddress, httpAddresses } from '../../config/http-listeners'
import type { StaticConfig } from '../../config/static-config'
import { addressText } from '../../io/address'
import type { HttpListener, HttpServer } from '../../io/http'
import type { Logger } from '../../io/logger'
import type { HttpRouter } from './http-router'

/** The listeners of `http.listeners`: open from before the logs are recovered until everything else is closed. */
export class HttpListeners {
  readonly #listeners: HttpListener[] = []

  /** `http://host:port` of each, with the ports in use. */
  get addresses(): readonly string[] {
    return this.#listeners.map(({ host, port }) => `http://${addressText(host, port)}`)
  }

  /**
   * Rejects when an address cannot be had. The default is no wish of anybody: when its port is taken, by another broker on the same machine
   * most likely, that is only worth a warning.
   */
  async open(
    server: HttpServer,
    { config, texts }: StaticConfig,
    routerOf: (address: HttpAddress) => HttpRouter,
    logger: Logger,
  ): Promise<void> {
    const isDefault = texts['http.listeners'] === undefined
    for (const address of httpAddresses(config.httpListeners)) {
      const router = routerOf(address)
      try {
        this.#listeners.push(await server.listen(withHost(address), request => router.answer(request)))
      } catch (error) {
        if (!isDefault || (error as { code?: unknown }).code !== 'EADDRINUSE') throw error
        logger.warn('there are no metrics over HTTP: the default port is taken (http.listeners chooses another)', {
          port: address.port,
        })
      }
    }
    if (this.#listeners.length > 0) logger.info('metrics and health are answered over HTTP', { at: this.addresses })
  }

  async close(): Promise<void> {
    await Promise.all(this.#listeners.splice(0).map(listener => listener.close()))
  }
}

/** An empty host is every address, of IPv4 and IPv6. */
const withHost = ({ host, port }: HttpAddress): HttpAddress => ({ host: host === '' ? '::' : host, port })
