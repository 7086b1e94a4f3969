import { includesVersion, parseVersions, type Versions } from '../../../protocol/schema/versions'

describe('a range of versions', () => {
  it('is one version, a first and a last one, or a first one and all that follow', () => {
    expect(parseVersions('3')).toEqual([3, 3])
    expect(parseVersions('0-12')).toEqual([0, 12])
    expect(parseVersions('3+')).toEqual([3, Number.POSITIVE_INFINITY])
  })

  it('includes its first and its last version and what is in between', () => {
    expect([2, 3, 4, 5, 6].map(version => includesVersion('3-5', version))).toEqual([false, true, true, true, false])
    expect([2, 3, 32767].map(version => includesVersion('3+', version))).toEqual([false, true, true])
  })

  it('may be empty or missing', () => {
    expect(includesVersion('none', 0)).toBe(false)
    expect(includesVersion(undefined, 0)).toBe(false)
  })

  it('is refused when it follows another grammar', () => {
    for (const text of ['', '+', '3-', '-3', '1-2-3', '3.5']) {
      expect(() => parseVersions(text as Versions)).toThrow('is not a range of versions')
    }
  })
})
