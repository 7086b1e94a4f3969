import fc from 'fast-check'
import type { Operation } from '../../src/metadata/metadata-store'
import { RevisionedKeyValues } from '../../src/metadata/revisioned-key-values'
import { put, remove } from '../support/metadata-store-contract'

const key = fc.constantFrom('a', 'a/1', 'a/2', 'b', 'b/1', 'c')
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ key, value: fc.string({ maxLength: 3 }) }).map(({ key, value }) => put(key, value)),
  fc.record({ start: key, end: key }).map(remove),
)
/** Operations that a transaction may hold together. */
const operations = fc.array(operation, { maxLength: 4 }).map(list => {
  const keys = new Set<string>()
  return list.filter(entry => {
    if (entry.type !== 'put' || keys.has(entry.key)) return entry.type === 'delete' && keys.size === 0
    keys.add(entry.key)
    return !list.some(other => other.type === 'delete' && entry.key >= other.range.start && entry.key < other.range.end)
  })
})

const everything = { start: ' ', end: '~' }

const applyPlainly = (state: Map<string, string>, list: readonly Operation[]): void => {
  for (const entry of list) {
    if (entry.type === 'put') state.set(entry.key, entry.value)
    if (entry.type !== 'delete') continue
    for (const key of [...state.keys()]) if (key >= entry.range.start && key < entry.range.end) state.delete(key)
  }
}

describe('revisioned key values', () => {
  it('can read every state that is not compacted, and replay it from the revisions since', () => {
    fc.assert(
      fc.property(fc.array(operations, { maxLength: 30 }), fc.integer({ min: 1, max: 40 }), (steps, historyLimit) => {
        const store = new RevisionedKeyValues({ revision: 1, keyValues: [], historyLimit })
        const state = new Map<string, string>()
        const states = [{ revision: 1, content: new Map(state) }]
        for (const success of steps) {
          const before = store.revision
          store.commit({ compares: [], success }, () => true)
          applyPlainly(state, success)
          if (store.revision > before) states.push({ revision: store.revision, content: new Map(state) })
          else expect(state).toEqual(states.at(-1)!.content)
        }
        for (const { revision, content } of states.slice(-historyLimit)) {
          const { keyValues } = store.range(everything, { revision })
          expect(keyValues.map(({ key, value }) => [key, value])).toEqual([...content].sort())
          const replayed = new Map(content)
          for (const { events } of store.since(revision + 1)) {
            for (const event of events) {
              if (event.type === 'put') replayed.set(event.key, event.keyValue.value)
              else replayed.delete(event.key)
            }
          }
          expect(replayed).toEqual(state)
        }
      }),
    )
  })

  it('keeps no more than twice the history it was told to', () => {
    const store = new RevisionedKeyValues({ revision: 1, keyValues: [], historyLimit: 10 })
    for (let count = 0; count < 1000; count++) {
      store.commit({ compares: [], success: [put('k', String(count))] }, () => true)
    }
    expect(store.since(store.revision - 9).length).toBe(10)
    expect(() => store.since(store.revision - 20)).toThrow('is no longer kept')
  })
})
