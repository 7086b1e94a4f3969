import fc from 'fast-check'
import {
  newPartition,
  type PartitionState,
  type ReplicaHost,
  withHosts,
  withMinInsyncReplicas,
} from '../../src/metadata/partition-state'

/** `{ 1: 10 }`: broker 1 lives with epoch 10; `{ 1: [10, 5] }`: and has lost nothing since epoch 5. */
const hosts = (epochs: Readonly<Record<number, number | readonly [number, number]>>): Map<number, ReplicaHost> =>
  new Map(
    Object.entries(epochs).map(([id, value]) => {
      const [epoch, safeSince] = typeof value === 'number' ? [value, value] : value
      return [Number(id), { epoch, safeSince }]
    }),
  )

/** A state in short: leader@epoch of the leader's broker, leader epoch, ISR, ELR. */
const inShort = (state: PartitionState): string => {
  const list = (replicas: PartitionState['isr']) => replicas.map(({ id, epoch }) => `${id}@${epoch}`).join()
  return `leader ${state.leader}@${state.leaderBrokerEpoch} epoch ${state.leaderEpoch} isr ${list(state.isr)} elr ${list(state.elr)}`
}

const alive = hosts({ 1: 10, 2: 20, 3: 30 })

describe('a new partition', () => {
  it('is led by its first replica and has all in its ISR', () => {
    expect(newPartition([2, 1, 3], alive, 2)).toEqual({
      replicas: [2, 1, 3],
      adding: [],
      removing: [],
      leader: 2,
      leaderBrokerEpoch: 20,
      leaderEpoch: 0,
      partitionEpoch: 0,
      isr: [
        { id: 2, epoch: 20 },
        { id: 1, epoch: 10 },
        { id: 3, epoch: 30 },
      ],
      elr: [],
      minIsr: 2,
      recovering: false,
    })
  })

  it('leaves out replicas whose brokers are not there', () => {
    expect(inShort(newPartition([4, 3, 1], alive, 1))).toBe('leader 3@30 epoch 0 isr 3@30,1@10 elr ')
  })

  it('cannot need more in-sync replicas than it has', () => {
    expect(newPartition([1, 2], alive, 3).minIsr).toBe(2)
  })
})

describe('a change of min.insync.replicas', () => {
  it('is the same state when the number stays the same', () => {
    const state = newPartition([1, 2], alive, 2)
    expect(withMinInsyncReplicas(state, 5)).toBe(state)
  })

  it('empties the ELR in the same step, because the high watermark may now pass it', () => {
    const state = withHosts(newPartition([1, 2, 3], alive, 3), hosts({ 1: 10 }))
    expect(inShort(state)).toBe('leader 1@10 epoch 0 isr 1@10 elr 2@20,3@30')
    const changed = withMinInsyncReplicas(state, 1)
    expect(inShort(changed)).toBe('leader 1@10 epoch 0 isr 1@10 elr ')
    expect(changed).toMatchObject({ minIsr: 1, partitionEpoch: state.partitionEpoch + 1 })
  })

  it('keeps the ELR when nobody is in the ISR: it is all that can be elected', () => {
    const state = withHosts(newPartition([1, 2], alive, 2), hosts({}))
    const changed = withMinInsyncReplicas(state, 1)
    expect(inShort(changed)).toBe('leader -1@-1 epoch 1 isr  elr 1@10,2@20')
    expect(inShort(withHosts(changed, alive))).toBe('leader 1@10 epoch 2 isr 1@10 elr ')
  })
})

describe('the brokers that live now', () => {
  const state = newPartition([1, 2, 3], alive, 2)

  it('change nothing when they are the same', () => {
    expect(withHosts(state, alive)).toBe(state)
  })

  it('lose a follower: it leaves the ISR, the leader stays in its epoch', () => {
    const next = withHosts(state, hosts({ 1: 10, 2: 20 }))
    expect(inShort(next)).toBe('leader 1@10 epoch 0 isr 1@10,2@20 elr ')
    expect(next.partitionEpoch).toBe(1)
  })

  it('lose the leader: the next replica of the ISR leads in a new epoch', () => {
    expect(inShort(withHosts(state, hosts({ 2: 20, 3: 30 })))).toBe('leader 2@20 epoch 1 isr 2@20,3@30 elr ')
  })

  it('lose so many that the ISR is too small: those that left stay eligible', () => {
    expect(inShort(withHosts(state, hosts({ 3: 30 })))).toBe('leader 3@30 epoch 1 isr 3@30 elr 1@10,2@20')
  })

  it('lose all: nobody leads, and all stay eligible', () => {
    expect(inShort(withHosts(state, hosts({})))).toBe('leader -1@-1 epoch 1 isr  elr 1@10,2@20,3@30')
  })

  it('get an eligible one back: it leads alone', () => {
    const nobody = withHosts(state, hosts({}))
    expect(inShort(withHosts(nobody, hosts({ 2: [40, 20] })))).toBe('leader 2@40 epoch 2 isr 2@40 elr 1@10,3@30')
  })

  it('get back one that may have lost data: it is not eligible any more', () => {
    const nobody = withHosts(state, hosts({}))
    expect(inShort(withHosts(nobody, hosts({ 2: 40 })))).toBe('leader -1@-1 epoch 1 isr  elr 1@10,3@30')
  })

  it('have the leader restarted with its data: it leads under its new broker epoch, in a new leader epoch', () => {
    const next = withHosts(state, hosts({ 1: [40, 5], 2: 20, 3: 30 }))
    expect(inShort(next)).toBe('leader 1@40 epoch 1 isr 1@40,2@20,3@30 elr ')
  })

  it('have the leader restarted without its data: another one leads, and it has to catch up', () => {
    expect(inShort(withHosts(state, hosts({ 1: 40, 2: 20, 3: 30 })))).toBe('leader 2@20 epoch 1 isr 2@20,3@30 elr ')
  })

  it('have a follower restarted with its data: it keeps its place', () => {
    expect(inShort(withHosts(state, hosts({ 1: 10, 2: [40, 20], 3: 30 })))).toBe(
      'leader 1@10 epoch 0 isr 1@10,2@40,3@30 elr ',
    )
  })

  it('have the only replica restarted, with or without its data: it leads, no other one could know more', () => {
    const single = newPartition([1], alive, 1)
    expect(inShort(withHosts(single, hosts({ 1: 40 })))).toBe('leader 1@40 epoch 1 isr 1@40 elr ')
    const gone = withHosts(single, hosts({}))
    expect(inShort(withHosts(gone, hosts({ 1: 40 })))).toBe('leader 1@40 epoch 2 isr 1@40 elr ')
  })

  it('never break an invariant of the state, whatever happens', () => {
    const anyHost = fc.option(fc.tuple(fc.nat(50), fc.nat(50)), { nil: null })
    const event = fc.oneof(
      fc.tuple(anyHost, anyHost, anyHost).map(
        ([one, two, three]) =>
          (current: PartitionState) =>
            withHosts(
              current,
              new Map(
                [one, two, three].flatMap((host, index) =>
                  host === null ? [] : [[index + 1, { epoch: Math.max(...host), safeSince: Math.min(...host) }]],
                ),
              ),
            ),
      ),
      fc.integer({ min: 1, max: 4 }).map(min => (current: PartitionState) => withMinInsyncReplicas(current, min)),
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), events => {
        let current = state
        for (const apply of events) {
          const next = apply(current)
          if (next !== current) expect(next.partitionEpoch).toBe(current.partitionEpoch + 1)
          const isr = next.isr.map(({ id }) => id)
          const elr = next.elr.map(({ id }) => id)
          expect(new Set([...isr, ...elr]).size).toBe(isr.length + elr.length)
          expect(next.leader === -1 ? isr.length === 0 : isr.includes(next.leader)).toBe(true)
          if (next.isr.length >= next.minIsr) expect(elr).toEqual([])
          const sameLeader = next.leader === current.leader && next.leaderBrokerEpoch === current.leaderBrokerEpoch
          expect(next.leaderEpoch).toBe(current.leaderEpoch + (sameLeader ? 0 : 1))
          current = next
        }
      }),
    )
  })
})
