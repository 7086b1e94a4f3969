import type { Area } from '../script'
import { brokerConfigs } from './broker-configs'
import { commits } from './commits'
import { configs } from './configs'
import { consumerGroups } from './consumer-groups'
import { fetch } from './fetch'
import { groupAdmin } from './group-admin'
import { groups } from './groups'
import { interleavings } from './interleavings'
import { logDirs } from './log-dirs'
import { metadata } from './metadata'
import { migrations } from './migrations'
import { offsets } from './offsets'
import { produce } from './produce'
import { producers } from './producers'
import { rebalances } from './rebalances'
import { topics } from './topics'
import { transactionalOffsets } from './transactional-offsets'
import { transactions } from './transactions'
import { versions } from './versions'

export const AREAS: readonly Area[] = [
  versions,
  metadata,
  topics,
  configs,
  brokerConfigs,
  logDirs,
  produce,
  producers,
  fetch,
  offsets,
  groups,
  rebalances,
  groupAdmin,
  commits,
  transactions,
  transactionalOffsets,
  interleavings,
  consumerGroups,
  migrations,
]
