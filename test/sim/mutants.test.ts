/** Faults of the broker that the simulation has to find: checks that cannot fail are worth nothing. */
import { ErrorCode } from '../../protocol/errors'
import { ClassicRebalance } from '../../src/coordinator/group/classic-rebalance'
import { GroupOffsets } from '../../src/coordinator/group/group-offsets'
import { GroupShard } from '../../src/coordinator/group/group-shard'
import { LocalMarkerWriter } from '../../src/coordinator/transaction/marker-writer'
import { TransactionCoordinator } from '../../src/coordinator/transaction/transaction-coordinator'
import { ProducerState } from '../../src/log/producer-state'
import { simulate } from './simulation'
import { Violation } from './world'

const SEEDS_MAX = 12
// Some are found by a few of the seeds only.
jest.setTimeout(120_000)

interface Mutant {
  /** What the broker does wrong. */
  readonly name: string
  readonly plant: () => void
  readonly found: RegExp
}

/** Every so many calls something goes wrong. */
const every = (count: number): (() => boolean) => {
  let calls = 0
  return () => ++calls % count === 0
}

const MUTANTS: readonly Mutant[] = [
  {
    name: 'says that an end marker is written, and does not write it',
    plant: () => {
      const write = LocalMarkerWriter.prototype.write
      const isDue = every(20)
      jest.spyOn(LocalMarkerWriter.prototype, 'write').mockImplementation(function (this: LocalMarkerWriter, ...call) {
        return isDue() ? Promise.resolve(ErrorCode.NONE) : write.apply(this, call)
      })
    },
    found: /is stable up to|does not get to the end|did not come true|went back|is Empty|\d+ live/,
  },
  {
    name: 'writes the marker of an abort where a commit was asked for',
    plant: () => {
      const write = LocalMarkerWriter.prototype.write
      const isDue = every(20)
      jest.spyOn(LocalMarkerWriter.prototype, 'write').mockImplementation(function (
        this: LocalMarkerWriter,
        marker,
        ...place
      ) {
        return write.call(this, isDue() ? { ...marker, isCommit: false } : marker, ...place)
      })
    },
    found: /records are seen|copy \d+ of|went back/,
  },
  {
    name: 'forgets a committed offset',
    plant: () => {
      const commit = GroupOffsets.prototype.commit
      const isDue = every(20)
      jest.spyOn(GroupOffsets.prototype, 'commit').mockImplementation(function (this: GroupOffsets, ...call) {
        if (!isDue()) commit.apply(this, call)
      })
    },
    found: /went back/,
  },
  {
    name: 'lets members of other generations commit',
    plant: () => {
      jest.spyOn(GroupShard.prototype, 'checkCommit').mockReturnValue(ErrorCode.NONE)
    },
    found: /went back|copy \d+ of|copy too many/,
  },
  {
    name: 'does not ask whether a partition is part of the transaction',
    plant: () => {
      const verify = TransactionCoordinator.prototype.verify
      jest.spyOn(TransactionCoordinator.prototype, 'verify').mockImplementation(async function (
        this: TransactionCoordinator,
        question,
      ) {
        return question.joins ? verify.call(this, question) : question.partitions.map(() => ErrorCode.NONE)
      })
    },
    found: /is stable up to|does not get to the end|records are seen/,
  },
  {
    name: 'does not know what a producer sent before',
    plant: () => {
      jest.spyOn(ProducerState.prototype, 'duplicateOf').mockReturnValue(null)
      jest.spyOn(ProducerState.prototype, 'check').mockReturnValue(null)
    },
    found: /out of order or there twice|copy \d+ of|records are seen/,
  },
  {
    name: 'does not miss members that died',
    plant: () => {
      jest.spyOn(ClassicRebalance.prototype, 'expectHeartbeat').mockReturnValue(undefined)
    },
    found: /\d+ live/,
  },
]

afterEach(() => jest.restoreAllMocks())

test.each(MUTANTS)('a broker that $name is found out', async ({ plant, found }) => {
  plant()
  const findings: unknown[] = []
  for (let seed = 1; seed <= SEEDS_MAX && findings.length === 0; seed++) {
    await simulate(seed).catch((error: unknown) => findings.push(error))
  }
  expect(findings).toEqual([expect.any(Violation)])
  expect((findings[0] as Violation).message.split('\n')[0]).toMatch(found)
})
