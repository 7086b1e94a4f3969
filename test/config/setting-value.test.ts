import fc from 'fast-check'
import type { Setting, SettingType } from '../../src/config/setting'
import { defaultOf, parseSetting } from '../../src/config/setting-value'

const setting = (type: SettingType, more: Partial<Setting> = {}): Setting => ({ type, default: null, doc: '', ...more })
const parse = (type: SettingType, text: string, more: Partial<Setting> = {}) =>
  parseSetting('x', setting(type, more), text)

describe('a value', () => {
  test.each<[SettingType, string, unknown, string]>([
    ['boolean', ' TRUE ', true, 'true'],
    ['boolean', 'false', false, 'false'],
    ['int', ' +0042 ', 42, '42'],
    ['int', '-2147483648', -2147483648, '-2147483648'],
    ['short', '32767', 32767, '32767'],
    ['long', '9223372036854775807', Number.MAX_SAFE_INTEGER, '9223372036854775807'],
    ['long', '-9223372036854775808', Number.MIN_SAFE_INTEGER, '-9223372036854775808'],
    ['long', '9007199254740991', 9007199254740991, '9007199254740991'],
    ['double', '.5', 0.5, '0.5'],
    ['double', '1e-1', 0.1, '0.1'],
    ['double', '1d', 1, '1.0'],
    ['double', '1e7', 1e7, '1.0E7'],
    ['double', '0.0005', 0.0005, '5.0E-4'],
    ['double', '1.7976931348623157E308', Number.MAX_VALUE, '1.7976931348623157E308'],
    ['double', '0', 0, '0.0'],
    ['list', ' a , b,a ', ['a', 'b'], 'a,b'],
    ['list', '', [], ''],
    ['string', '  a b ', 'a b', 'a b'],
    ['class', 'a.B', 'a.B', 'a.B'],
    ['password', 'secret', 'secret', 'secret'],
  ])('of type %s reads %j', (type, text, value, canonical) => {
    expect(parse(type, text)).toEqual({ value, text: canonical })
  })

  test.each<[SettingType, string, string]>([
    ['boolean', 'yes', 'Expected value to be either true or false'],
    ['int', '2147483648', 'Not a number of type INT'],
    ['int', '1.0', 'Not a number of type INT'],
    ['int', '', 'Not a number of type INT'],
    ['int', '0x10', 'Not a number of type INT'],
    ['short', '-32769', 'Not a number of type SHORT'],
    ['long', '9223372036854775808', 'Not a number of type LONG'],
    ['double', 'x', 'Not a number of type DOUBLE'],
    ['double', '1.2.3', 'Not a number of type DOUBLE'],
    ['double', '1e999', 'Not a number of type DOUBLE'],
    ['double', 'NaN', 'Not a number of type DOUBLE'],
  ])('of type %s refuses %j', (type, text, reason) => {
    expect(parse(type, text)).toEqual({ problem: `Invalid value ${text} for configuration x: ${reason}`, reason })
  })

  test.each<[string, SettingType, Partial<Setting>, string, string | null]>([
    ['the least allowed', 'int', { min: 1 }, '1', null],
    ['less than allowed', 'int', { min: 1 }, '0', 'Value must be at least 1'],
    ['the most allowed', 'int', { max: 9 }, '9', null],
    ['more than allowed', 'int', { max: 9 }, '10', 'Value must be no more than 9'],
    ['the exception to the range', 'int', { min: 1, max: 9, orElse: -1 }, '-1', null],
    [
      'neither range nor exception',
      'int',
      { min: 1, max: 9, orElse: -1 },
      '0',
      'Value must be between 1 and 9 or equal to -1',
    ],
    ['one of the strings', 'string', { values: ['a', 'b'] }, 'b', null],
    ['another string', 'string', { values: ['a', 'b'] }, 'B', 'String must be one of: a, b'],
    ['one of the strings in any case', 'string', { values: ['a', 'b'], ignoreCase: true }, 'B', null],
    [
      'another string in any case',
      'string',
      { values: ['a'], ignoreCase: true },
      'c',
      'String must be one of (case insensitive): A',
    ],
    ['an element that is no choice', 'list', { values: ['a', 'b'] }, 'a,c', 'String must be one of: a, b'],
    ['an empty element', 'list', {}, 'a,', 'The list values must not be empty.'],
    [
      'an empty list',
      'list',
      { nonEmpty: true },
      '',
      'The list must not be empty. Valid values include: any non-empty value',
    ],
    [
      'an empty list of choices',
      'list',
      { nonEmpty: true, values: ['a'] },
      '',
      'The list must not be empty. Valid values include: [a]',
    ],
    ['what the check refuses', 'string', { check: () => 'No' }, 'a', 'No'],
  ])('that is %s', (_, type, constraints, text, reason) => {
    const parsed = parse(type, text, constraints)
    expect('reason' in parsed ? parsed.reason : null).toBe(reason)
  })

  it('of enormous length is judged in linear time', () => {
    const digits = '1'.repeat(1_000_000)
    expect(parse('long', digits)).toHaveProperty('problem')
    expect(parse('long', `${'0'.repeat(1_000_000)}1`)).toEqual({ value: 1, text: '1' })
    expect(parse('double', `${digits}x`)).toHaveProperty('problem')
    expect(parse('list', `a${' '.repeat(1_000_000)}b`)).toHaveProperty('value')
  })

  it('below the floor counts as the floor and keeps its text', () => {
    expect(parse('long', '-5', { floor: -1 })).toEqual({ value: -1, text: '-5' })
  })

  it('that ignores case is compared in lower case and keeps its text', () => {
    expect(parse('string', 'UpGrade', { values: ['upgrade'], ignoreCase: true })).toEqual({
      value: 'upgrade',
      text: 'UpGrade',
    })
  })

  it('names only the wrong element of a list, and the whole list when it is wrong as a whole', () => {
    expect(parse('list', 'a,c', { values: ['a'] })).toMatchObject({
      problem: 'Invalid value c for configuration x: String must be one of: a',
    })
    expect(parse('list', 'a,c', { check: () => 'No' })).toMatchObject({
      problem: 'Invalid value [a, c] for configuration x: No',
    })
    expect(parse('list', 'a,,c')).toMatchObject({ problem: "Configuration 'x' values must not be empty." })
  })

  it('of type long keeps the digits of every int64', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), number => {
        const parsed = parse('long', `${number}`)
        expect(parsed).toMatchObject({ text: `${number}` })
        if (Number.isSafeInteger(Number(number))) expect(parsed).toMatchObject({ value: Number(number) })
      }),
    )
  })

  it('of type double reads its own text back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), drawn => {
        const number = drawn + 0 // the text of -0 is 0
        const parsed = parse('double', `${number}`)
        expect(parsed).toMatchObject({ value: number })
        expect(parse('double', (parsed as { text: string }).text)).toEqual(parsed)
      }),
    )
  })
})

describe('a default', () => {
  it('is null when there is none', () => {
    expect(defaultOf('x', setting('int'))).toBeNull()
  })

  it('that does not fit its own setting is an error of ours', () => {
    expect(() => defaultOf('x', setting('int', { default: 'y' }))).toThrow('the default of a setting is refused')
  })
})
