import fc from 'fast-check'
import { PersistentMap } from '../../src/metadata/persistent-map'

const step = fc.array(fc.record({ key: fc.string({ maxLength: 2 }), value: fc.option(fc.nat(9), { nil: null }) }), {
  maxLength: 8,
})

const contentOf = (map: PersistentMap<number>) => new Map([...map.entries()].sort())

describe('a persistent map', () => {
  it('holds in every version what a plain map held at that time', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), steps => {
        let map = new PersistentMap<number>()
        const plain = new Map<string, number>()
        const versions: [PersistentMap<number>, Map<string, number>][] = []
        for (const changes of steps) {
          const draft = map.edit()
          for (const { key, value } of changes) {
            if (value === null) {
              draft.delete(key)
              plain.delete(key)
            } else {
              draft.set(key, value)
              plain.set(key, value)
            }
            expect(draft.get(key)).toBe(plain.get(key))
          }
          map = draft.finish()
          versions.push([map, new Map([...plain].sort())])
        }
        for (const [version, expected] of versions) {
          expect(contentOf(version)).toEqual(expected)
          expect(version.size).toBe(expected.size)
          for (const [key, value] of expected) expect(version.get(key)).toBe(value)
        }
      }),
    )
  })

  it('is the same object when an edit changed nothing', () => {
    const draft = new PersistentMap<number>().edit()
    draft.set('a', 1)
    const map = draft.finish()
    const untouched = map.edit()
    untouched.delete('b')
    expect(untouched.finish()).toBe(map)
  })
})
