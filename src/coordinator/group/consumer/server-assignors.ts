import { rangeAssignor } from '../assignor/range-assignor'
import type { ServerAssignor } from '../assignor/server-assignor'
import { uniformAssignor } from '../assignor/uniform-assignor'

const PACKAGE = 'org.apache.kafka.coordinator.group.assignor'

/** Under the names and the class names that `group.consumer.assignors` may give. */
const ASSIGNORS: ReadonlyMap<string, ServerAssignor> = new Map([
  ['uniform', uniformAssignor],
  ['range', rangeAssignor],
  [`${PACKAGE}.UniformAssignor`, uniformAssignor],
  [`${PACKAGE}.RangeAssignor`, rangeAssignor],
])

/** The assignors with these names, in their order; the first one is the default. There is one at least: uniform. */
export const serverAssignors = (names: readonly string[]): readonly ServerAssignor[] => {
  const known = names.flatMap(name => ASSIGNORS.get(name) ?? [])
  return known.length > 0 ? known : [uniformAssignor]
}
