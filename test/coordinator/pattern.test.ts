import { compilePattern, isProblem } from '../../src/coordinator/pattern'

const matches = (pattern: string, text: string): boolean => {
  const compiled = compilePattern(pattern)
  if (isProblem(compiled)) throw new Error(compiled.problem)
  return compiled.matches(text)
}

test.each([
  ['abc', 'abc', true],
  ['ab', 'abc', false],
  ['bc', 'abc', false],
  ['ab.', 'abc', true],
  ['^ab.$', 'abc', true],
  ['.*', '', true],
  ['', 'abc', false],
  ['(?i)ABC', 'abc', true],
  ['(?P<name>abc)', 'abc', true],
  ['(?<name>abc)', 'abc', true],
  ['a|b', 'ab', false],
  ['a|ab', 'ab', true],
  ['\\Qa.c', 'abc', false],
  ['[a-c]{3}', 'abc', true],
])('%j against %j as a whole: %j', (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected)
})

test.each([
  ['(', 'missing closing )'],
  ['[', 'missing closing ]'],
  ['*', 'missing argument to repetition operator'],
  ['a**', 'invalid nested repetition operator'],
  ['(?=x)', 'invalid or unsupported Perl syntax'],
  ['(a)\\1', 'invalid escape sequence'],
  ['x{1001}', 'invalid repeat count'],
  ['\\p{Foo}', 'invalid character class range'],
  ['a\\', 'trailing backslash at end of expression'],
  ['(?P<n', 'invalid named capture'],
])('%j is refused: %s', (pattern, problem) => {
  expect(compilePattern(pattern)).toEqual({ problem })
})

test('a pattern that compiles to too much is refused, however short it is', () => {
  expect(compilePattern('a'.repeat(10_001))).toEqual({ problem: 'pattern too large' })
  expect(compilePattern('(ab){1000}'.repeat(6))).toEqual({ problem: 'pattern too large' })
  expect(isProblem(compilePattern('a'.repeat(9_000)))).toBe(false)
})

test('a pattern that sends a backtracking matcher astray is answered', () => {
  expect(matches('((a*)*)*b', 'a'.repeat(249))).toBe(false)
})
