import fc from 'fast-check'
import { ErrorCode } from '../../protocol/errors'
import { SeededRandom } from '../../src/io/memory/seeded-random'
import type { BrokerImage } from '../../src/metadata/metadata-image'
import { isRefusal } from '../../src/metadata/refusal'
import { placeReplicas } from '../../src/metadata/replica-placement'

const brokers = (...ids: number[]): BrokerImage[] =>
  ids.map(id => ({ id, epoch: 1, incarnation: '', endpoints: [], rack: null, state: 'running', safeSince: 1 }))

const place = (ids: number[], partitions: number, replicationFactor: number, seed = 1) => {
  const placed = placeReplicas({
    partitions,
    replicationFactor,
    brokers: brokers(...ids),
    random: new SeededRandom(seed),
  })
  if (isRefusal(placed)) throw new Error(`${placed.errorMessage}`)
  return placed
}

const countBy = (values: readonly number[]): number[] => {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts.values()]
}

describe('the placement of replicas', () => {
  it('goes round robin in the order of the ids from some broker on', () => {
    const [first, second, third] = place([9, 1, 5], 3, 3)
    const doubled = [1, 5, 9, 1, 5, 9]
    const start = doubled.indexOf(first![0]!)
    expect([first, second, third]).toEqual(
      [0, 1, 2].map(step => Array.from({ length: 3 }, (_, n) => doubled[(start + step + n) % 3])),
    )
  })

  it('begins at every broker some time', () => {
    const starts = Array.from({ length: 50 }, (_, seed) => place([1, 2, 3], 1, 1, seed)[0]![0])
    expect(new Set(starts)).toEqual(new Set([1, 2, 3]))
  })

  it('never puts two replicas on one broker, and gives all brokers their share', () => {
    const ids = fc.uniqueArray(fc.nat(100), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 40 }), fc.nat(), fc.nat(), (ids, partitions, factor, seed) => {
        const replicationFactor = (factor % ids.length) + 1
        const placed = place(ids, partitions, replicationFactor, seed)
        expect(placed).toHaveLength(partitions)
        for (const replicas of placed) {
          expect(replicas).toHaveLength(replicationFactor)
          expect(new Set(replicas).size).toBe(replicationFactor)
          for (const id of replicas) expect(ids).toContain(id)
        }
        const fullRounds = placed.slice(0, partitions - (partitions % ids.length))
        const rounds = fullRounds.length / ids.length
        if (rounds > 0) expect(countBy(fullRounds.map(([leader]) => leader!))).toEqual(ids.map(() => rounds))
      }),
    )
  })

  it('gives the partitions of one leader different followers', () => {
    const followers = place([1, 2, 3, 4, 5, 6], 120, 3)
      .filter(([leader]) => leader === 1)
      .map(([, ...rest]) => rest.join())
    expect(new Set(followers).size).toBeGreaterThan(6)
  })

  it('is refused without brokers', () => {
    const placed = placeReplicas({ partitions: 1, replicationFactor: 1, brokers: [], random: new SeededRandom(1) })
    expect(placed).toEqual({
      errorCode: ErrorCode.INVALID_REPLICATION_FACTOR,
      errorMessage: 'All brokers are currently fenced.',
    })
  })
})
