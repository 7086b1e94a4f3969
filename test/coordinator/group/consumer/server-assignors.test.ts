import { serverAssignors } from '../../../../src/coordinator/group/consumer/server-assignors'

const PACKAGE = 'org.apache.kafka.coordinator.group.assignor'

test.each([
  [
    ['range', 'uniform'],
    ['range', 'uniform'],
  ],
  [
    [`${PACKAGE}.RangeAssignor`, `${PACKAGE}.UniformAssignor`],
    ['range', 'uniform'],
  ],
  [['com.example.OwnAssignor', 'range'], ['range']],
  [['com.example.OwnAssignor'], ['uniform']],
])('of %j these are there: %j', (names, expected) => {
  expect(serverAssignors(names).map(({ name }) => name)).toEqual(expected)
})
