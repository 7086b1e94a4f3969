import { masked } from '../../../../compat-tests/ecosystem/tools/masks'

test('a group that a consumer has named by chance looks the same however many digits it was given', () => {
  for (const digits of ['7', '123', '1234', '12345']) {
    expect(masked(`console-consumer-${digits}  Empty`, {})).toBe('console-consumer-N Empty')
    expect(masked(`perf-consumer-${digits}  Empty`, {})).toBe('perf-consumer-N Empty')
  }
})

test('a member that is named after its client keeps that name, whatever its id begins with', () => {
  for (const start of ['1234c04b', 'c04b1234', '12345678']) {
    const memberId = `console-consumer-${start}-7e7b-34df-622c-7c998a28b686`
    expect(masked(`${memberId} /127.0.0.1`, {})).toBe('console-consumer-UUID /127.0.0.1')
  }
})

test('ids are hidden, and names that are longer or shorter than one are not', () => {
  expect(masked('TopicId: 8dwNQkIHTsmQ-sn2Z6AI_w', {})).toBe('TopicId: ID')
  expect(masked('client-01234567-89ab-cdef-0123-456789abcdef', {})).toBe('client-UUID')
  for (const length of [21, 23]) expect(masked('g'.repeat(length), {})).toBe('g'.repeat(length))
})

test('what belongs to a broker has one name, and columns may be wider', () => {
  expect(masked('GROUP   HOST\ng       127.0.0.1:19092 ', { '127.0.0.1:19092': 'ADDRESS' })).toBe(
    'GROUP HOST\ng ADDRESS',
  )
})
