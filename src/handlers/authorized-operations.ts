/**
 * Operations a client may be told it is allowed to do (KIP-430), as the bit field of the protocol: bit n stands for the operation with
 * code n (AclOperation). Without an authorizer everything that makes sense for a resource is allowed, as in Kafka.
 */
const OPERATION = {
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  clusterAction: 9,
  describeConfigs: 10,
  alterConfigs: 11,
  idempotentWrite: 12,
} as const

const bits = (...operations: readonly (keyof typeof OPERATION)[]): number =>
  operations.reduce((field, operation) => field | (1 << OPERATION[operation]), 0)

/** The value that says "was not asked for". */
export const OPERATIONS_OMITTED = -0x80000000

export const TOPIC_OPERATIONS = bits(
  'read',
  'write',
  'create',
  'delete',
  'alter',
  'describe',
  'describeConfigs',
  'alterConfigs',
)

export const CLUSTER_OPERATIONS = bits(
  'create',
  'alter',
  'describe',
  'clusterAction',
  'describeConfigs',
  'alterConfigs',
  'idempotentWrite',
)

export const GROUP_OPERATIONS = bits('read', 'delete', 'describe', 'describeConfigs', 'alterConfigs')
