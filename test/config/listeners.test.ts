import fc from 'fast-check'
import { brokerConfigOf } from '../../src/config/broker-config'
import { type Listener, parseListeners } from '../../src/config/listeners'

const MAP = 'PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,SSL:SSL,CONTROLLER:PLAINTEXT'

const parse = (texts: Record<string, string>) =>
  parseListeners(brokerConfigOf({ 'listener.security.protocol.map': MAP, ...texts }))

const listenersOf = (texts: Record<string, string>): readonly Listener[] => {
  const parsed = parse(texts)
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  return parsed.listeners
}

const problemsOf = (texts: Record<string, string>): [string, string][] => {
  const parsed = parse(texts)
  return 'problems' in parsed ? parsed.problems.map(({ setting, reason }) => [setting, reason]) : []
}

describe('listeners', () => {
  it('listen on all addresses at port 9092 and are told by the host name of the machine by default', () => {
    expect(parseListeners(brokerConfigOf())).toEqual({
      listeners: [
        {
          name: 'PLAINTEXT',
          host: '',
          port: 9092,
          securityProtocol: 'PLAINTEXT',
          advertisedHost: null,
          advertisedPort: 9092,
        },
      ],
      interBrokerListenerName: 'PLAINTEXT',
      omittedNames: [],
    })
  })

  test.each([
    ['PLAINTEXT://h:1', 'h', 1],
    ['plaintext://h_x.y-z:0', 'h_x.y-z', 0],
    ['PLAINTEXT://127.0.0.1:65535', '127.0.0.1', 65_535],
    ['PLAINTEXT://[::1]:9092', '::1', 9092],
    ['PLAINTEXT://[fe80::1%eth0]:9092', 'fe80::1%eth0', 9092],
    ['PLAINTEXT://::1:9092', '::1', 9092],
  ])('read %s', (listeners, host, port) => {
    expect(listenersOf({ listeners })).toMatchObject([
      { name: 'PLAINTEXT', host, port, advertisedHost: host, advertisedPort: port },
    ])
  })

  test.each([
    'PLAINTEXT://h',
    'h:9092',
    '://h:9092',
    'PLAINTEXT://h:x',
    'PLAINTEXT://h:-1',
    'PLAINTEXT://h:65536',
    'PLAINTEXT://a b:1',
  ])('refuse %s', listeners => {
    expect(problemsOf({ listeners })).toEqual([
      ['listeners', expect.stringContaining(`${listeners} is not of the form`)],
    ])
  })

  it('are told by what is advertised under their name', () => {
    const listeners = 'INTERNAL://0.0.0.0:1,EXTERNAL://:2'
    const told = listenersOf({
      listeners,
      'advertised.listeners': 'external://public:20,internal://private:0',
      'inter.broker.listener.name': 'internal',
    })
    expect(told.map(({ name, advertisedHost, advertisedPort }) => [name, advertisedHost, advertisedPort])).toEqual([
      ['INTERNAL', 'private', 0],
      ['EXTERNAL', 'public', 20],
    ])
  })

  it('that are not advertised are told by their own address', () => {
    const told = listenersOf({
      listeners: 'INTERNAL://a:1,EXTERNAL://0.0.0.0:2',
      'advertised.listeners': 'INTERNAL://b:3',
      'inter.broker.listener.name': 'INTERNAL',
    })
    expect(told[1]).toMatchObject({ advertisedHost: null, advertisedPort: 2 })
  })

  it('of a controller are left out and named', () => {
    const parsed = parse({
      listeners: 'PLAINTEXT://h:9092,CONTROLLER://h:9093',
      'advertised.listeners': 'PLAINTEXT://h:9092,CONTROLLER://h:9093',
      'controller.listener.names': 'CONTROLLER',
    })
    expect(parsed).toMatchObject({ listeners: [{ name: 'PLAINTEXT' }], omittedNames: ['CONTROLLER'] })
  })

  test.each<[string, Record<string, string>, string, RegExp]>([
    [
      'two with one name',
      { listeners: 'PLAINTEXT://a:1,plaintext://b:2' },
      'listeners',
      /Two listeners have the name PLAINTEXT/,
    ],
    [
      'two with one port',
      { listeners: 'PLAINTEXT://a:1,EXTERNAL://a:1' },
      'listeners',
      /PLAINTEXT and EXTERNAL have the same port 1/,
    ],
    [
      'two IPv4 addresses with one port',
      { listeners: 'PLAINTEXT://127.0.0.1:1,EXTERNAL://127.0.0.2:1' },
      'listeners',
      /same port/,
    ],
    [
      'a name without protocol',
      { listeners: 'PLAINTEXT://a:1,OTHER://a:2' },
      'listeners',
      /No security protocol is defined for OTHER/,
    ],
    [
      'a protocol that is not served',
      { listeners: 'PLAINTEXT://a:1,SSL://a:2' },
      'listeners',
      /SSL needs the security protocol SSL/,
    ],
    [
      'no listener but that of a controller',
      { listeners: 'CONTROLLER://a:1', 'controller.listener.names': 'CONTROLLER' },
      'listeners',
      /No listener is left/,
    ],
    [
      'an unroutable address',
      { listeners: 'PLAINTEXT://0.0.0.0:1' },
      'advertised.listeners',
      /cannot connect to 0\.0\.0\.0/,
    ],
    [
      'an advertised name without listener',
      { listeners: 'PLAINTEXT://a:1', 'advertised.listeners': 'PLAINTEXT://a:1,EXTERNAL://b:2' },
      'advertised.listeners',
      /EXTERNAL is not among the listeners: PLAINTEXT/,
    ],
    [
      'a malformed advertised address',
      { 'advertised.listeners': 'PLAINTEXT' },
      'advertised.listeners',
      /not of the form/,
    ],
    [
      'a malformed map',
      { 'listener.security.protocol.map': 'PLAINTEXT' },
      'listener.security.protocol.map',
      /not of the form NAME:PROTOCOL/,
    ],
    [
      'an unknown protocol',
      { 'listener.security.protocol.map': 'PLAINTEXT:TLS' },
      'listener.security.protocol.map',
      /SASL_SSL/,
    ],
    [
      'an inter-broker listener that is none',
      { 'inter.broker.listener.name': 'EXTERNAL' },
      'inter.broker.listener.name',
      /EXTERNAL is not among the advertised listeners: PLAINTEXT/,
    ],
  ])('refuse %s', (_, texts, setting, reason) => {
    expect(problemsOf(texts)).toContainEqual([setting, expect.stringMatching(reason)])
  })

  it('may share a port between IPv4 and IPv6, and the port 0', () => {
    const names = { 'inter.broker.listener.name': 'INTERNAL' }
    expect(listenersOf({ listeners: 'INTERNAL://127.0.0.1:1,EXTERNAL://[::1]:1', ...names })).toHaveLength(2)
    expect(listenersOf({ listeners: 'INTERNAL://h:0,EXTERNAL://h:0', ...names })).toHaveLength(2)
  })

  it('have the protocol of the map, whatever case it is written in', () => {
    const [listener] = listenersOf({ 'listener.security.protocol.map': ' plaintext : plaintext , ' })
    expect(listener?.securityProtocol).toBe('PLAINTEXT')
  })

  it('report everything that is wrong with them', () => {
    expect(problemsOf({ listeners: 'PLAINTEXT://h,EXTERNAL://h', 'listener.security.protocol.map': 'x' })).toHaveLength(
      3,
    )
  })

  it('are values or problems for any text', () => {
    const text = fc.string({ unit: fc.constantFrom('P', ':', '/', '[', ']', '1', '9', '.', ',', '-', ' ') })
    fc.assert(
      fc.property(text, text, (a, b) => {
        const parsed = parse({ listeners: `PLAINTEXT://${a}`, 'advertised.listeners': `PLAINTEXT://${b}` })
        expect('problems' in parsed ? parsed.problems.length : parsed.listeners.length).toBeGreaterThan(0)
      }),
    )
  })
})
