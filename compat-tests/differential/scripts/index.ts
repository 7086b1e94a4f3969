import type { Area } from '../script'
import { metadata } from './metadata'
import { produce } from './produce'
import { topics } from './topics'
import { versions } from './versions'

export const AREAS: readonly Area[] = [versions, metadata, topics, produce]
