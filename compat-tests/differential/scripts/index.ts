import type { Area } from '../script'
import { configs } from './configs'
import { fetch } from './fetch'
import { logDirs } from './log-dirs'
import { metadata } from './metadata'
import { offsets } from './offsets'
import { produce } from './produce'
import { producers } from './producers'
import { topics } from './topics'
import { versions } from './versions'

export const AREAS: readonly Area[] = [versions, metadata, topics, configs, logDirs, produce, producers, fetch, offsets]
