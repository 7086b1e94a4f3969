import type { BrokerConfig } from './broker-config'

/** One address on which the broker listens, and the one that its clients are told. */
export interface Listener {
  /** In capitals. */
  readonly name: string
  /** Without brackets; empty = all addresses. */
  readonly host: string
  /** 0 = any free port. */
  readonly port: number
  readonly securityProtocol: string
  /** Null = the host name of this machine, as in Kafka for an empty host. */
  readonly advertisedHost: string | null
  /** 0 = the port on which the listener really is. */
  readonly advertisedPort: number
}

export interface ListenerSettings {
  readonly listeners: readonly Listener[]
  /** The listener that brokers use among themselves. */
  readonly interBrokerListenerName: string
  /** Names of listeners of a controller, which were given and left out. */
  readonly omittedNames: readonly string[]
}

export interface ListenerProblem {
  readonly setting: string
  readonly reason: string
}

type ListenerConfig = Pick<
  BrokerConfig,
  | 'listeners'
  | 'advertisedListeners'
  | 'listenerSecurityProtocolMap'
  | 'interBrokerListenerName'
  | 'securityInterBrokerProtocol'
  | 'controllerListenerNames'
>

interface Endpoint {
  readonly name: string
  readonly host: string
  readonly port: number
}

type Refuse = (setting: string, reason: string) => void

/**
 * Makes listeners of the settings, by the rules of Kafka's KafkaConfig: names and ports are unique (a port may be shared by an IPv4 and an
 * IPv6 address), every name has a security protocol, advertised names are among the listeners and their addresses can be connected to.
 * Listeners of a controller are left out, since there is none. A listener that is not advertised is told by its own address.
 */
export const parseListeners = (config: ListenerConfig): ListenerSettings | { readonly problems: ListenerProblem[] } => {
  const problems: ListenerProblem[] = []
  const refuse: Refuse = (setting, reason) => problems.push({ setting, reason })
  const protocols = parseProtocolMap(config.listenerSecurityProtocolMap, refuse)
  const given = parseEndpoints('listeners', config.listeners, refuse)
  const told =
    config.advertisedListeners === config.listeners
      ? given
      : parseEndpoints('advertised.listeners', config.advertisedListeners, refuse)
  // What does not parse would only make the checks below complain of what is missing.
  if (problems.length > 0) return { problems }

  const controllers = new Set(config.controllerListenerNames.map(name => name.toUpperCase()))
  const endpoints = given.filter(({ name }) => !controllers.has(name))
  const advertised = told.filter(({ name }) => !controllers.has(name))
  const interBrokerListenerName = (config.interBrokerListenerName ?? config.securityInterBrokerProtocol).toUpperCase()
  if (endpoints.length === 0) refuse('listeners', 'No listener is left for clients')
  refuseSharedPorts(endpoints, refuse)
  refuseUnreachable(advertised, endpoints, refuse)
  for (const { name } of endpoints) refuseProtocol(name, protocols.get(name), refuse)
  if (!advertised.some(({ name }) => name === interBrokerListenerName)) {
    const reason = `${interBrokerListenerName} is not among the advertised listeners: ${namesOf(advertised)}`
    refuse('inter.broker.listener.name', reason)
  }
  if (problems.length > 0) return { problems }

  const listeners = endpoints.map(endpoint => {
    const { host, port } = advertised.find(({ name }) => name === endpoint.name) ?? endpoint
    return {
      ...endpoint,
      securityProtocol: protocols.get(endpoint.name)!,
      advertisedHost: host === '' || host === ANY_ADDRESS ? null : host,
      advertisedPort: port,
    }
  })
  const omittedNames = given.map(({ name }) => name).filter(name => controllers.has(name))
  return { listeners, interBrokerListenerName, omittedNames }
}

/** NAME://host:port; an IPv6 address may stand in brackets. */
const ENDPOINT = /^(.+):\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:(\d+)$/
const MAX_PORT = 65_535
/** Nothing that a client could connect to. */
const ANY_ADDRESS = '0.0.0.0'

const parseEndpoints = (setting: string, texts: readonly string[], refuse: Refuse): Endpoint[] => {
  const endpoints: Endpoint[] = []
  for (const text of texts) {
    const [, name, host, digits] = ENDPOINT.exec(text) ?? []
    const port = Number(digits)
    if (name === undefined || host === undefined || !(port <= MAX_PORT)) {
      refuse(setting, `${text} is not of the form NAME://host:port with a port from 0 to ${MAX_PORT}`)
    } else if (endpoints.some(other => other.name === name.toUpperCase())) {
      refuse(setting, `Two listeners have the name ${name.toUpperCase()}`)
    } else {
      endpoints.push({ name: name.toUpperCase(), host, port })
    }
  }
  return endpoints
}

const IPV4 = /^[\d.]+$/
const IPV6 = /:/

const refuseSharedPorts = (endpoints: readonly Endpoint[], refuse: Refuse): void => {
  for (const [index, { name, host, port }] of endpoints.entries()) {
    const other = endpoints.slice(0, index).find(earlier => earlier.port === port && port !== 0)
    if (other === undefined) continue
    const isPair = (IPV4.test(host) && IPV6.test(other.host)) || (IPV6.test(host) && IPV4.test(other.host))
    if (!isPair)
      refuse('listeners', `${other.name} and ${name} have the same port ${port}; one may be IPv4, the other IPv6`)
  }
}

const refuseUnreachable = (advertised: readonly Endpoint[], endpoints: readonly Endpoint[], refuse: Refuse): void => {
  for (const { name, host } of advertised) {
    if (host === ANY_ADDRESS) {
      refuse('advertised.listeners', `Clients cannot connect to ${ANY_ADDRESS}: advertise ${name} with another address`)
    }
    if (!endpoints.some(endpoint => endpoint.name === name)) {
      refuse('advertised.listeners', `${name} is not among the listeners: ${namesOf(endpoints)}`)
    }
  }
}

const namesOf = (endpoints: readonly Endpoint[]): string => endpoints.map(({ name }) => name).join(', ')

const parseProtocolMap = (text: string, refuse: Refuse): Map<string, string> => {
  const protocols = new Map<string, string>()
  for (const pair of text.split(',').filter(part => part.trim() !== '')) {
    const [name = '', protocol = ''] = pair.split(':').map(part => part.trim().toUpperCase())
    if (!PROTOCOLS.includes(protocol)) {
      refuse(
        'listener.security.protocol.map',
        `${pair} is not of the form NAME:PROTOCOL with one of ${PROTOCOLS.join(', ')}`,
      )
    }
    protocols.set(name, protocol)
  }
  return protocols
}

const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']

const SERVED_PROTOCOL = 'PLAINTEXT'

const refuseProtocol = (name: string, protocol: string | undefined, refuse: Refuse): void => {
  if (protocol === undefined) {
    refuse('listeners', `No security protocol is defined for ${name}: add it to listener.security.protocol.map`)
  } else if (protocol !== SERVED_PROTOCOL) {
    refuse('listeners', `${name} needs the security protocol ${protocol}, but only ${SERVED_PROTOCOL} is served`)
  }
}
