import { Exposition, labelText } from '../../src/metrics/exposition'
import { Histogram } from '../../src/metrics/histogram'

const SIZE = { name: 'size_bytes', type: 'gauge', help: 'How large' } as const

test('a metric begins with its help and its type', () => {
  const out = new Exposition()
  out.single({ ...SIZE, help: 'One \\ two\nthree' }, 3)
  expect(out.take()).toBe('# HELP size_bytes One \\\\ two\\nthree\n# TYPE size_bytes gauge\nsize_bytes 3\n')
})

test('values of labels are escaped, so that no name can forge a line', () => {
  expect(labelText(['a', 'x"} 1\nforged{b="\\'], ['partition', 3])).toBe('a="x\\"} 1\\nforged{b=\\"\\\\",partition="3"')
})

test('numbers that are none have the names that Prometheus gives them', () => {
  const out = new Exposition()
  out.begin(SIZE)
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.25, 2 ** 53 - 1]) {
    out.sample(value)
  }
  const values = out
    .take()
    .split('\n')
    .slice(2, -1)
    .map(line => line.split(' ')[1])
  expect(values).toEqual(['NaN', '+Inf', '-Inf', '0.25', '9007199254740991'])
})

test('a histogram counts in each bucket what those below it hold, too', () => {
  const histogram = new Histogram([1, 2])
  for (const value of [0.5, 1, 1.5, 7]) histogram.observe(value)
  const out = new Exposition()
  out.begin({ name: 'wait_seconds', type: 'histogram', help: 'How long' })
  out.histogram(histogram, labelText(['phase', 'send']))
  expect(out.take().split('\n').slice(2)).toEqual([
    'wait_seconds_bucket{phase="send",le="1"} 2',
    'wait_seconds_bucket{phase="send",le="2"} 3',
    'wait_seconds_bucket{phase="send",le="+Inf"} 4',
    'wait_seconds_sum{phase="send"} 10',
    'wait_seconds_count{phase="send"} 4',
    '',
  ])
})

test('what was taken is not there a second time', () => {
  const out = new Exposition()
  out.append('one 1\n')
  expect([out.length, out.take(), out.length, out.take()]).toEqual([6, 'one 1\n', 0, ''])
})
