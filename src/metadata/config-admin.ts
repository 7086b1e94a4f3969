import { isDeepStrictEqual } from 'node:util'
import { ErrorCode } from '../../protocol/errors'
import { type ConfigOverrides, type ConfigResource, NO_OVERRIDES } from './config-resource'
import type { MetadataCache } from './metadata-cache'
import type { MetadataKeys } from './metadata-keys'
import { isUnchangedSince, type KeyValue, keyRange, type MetadataStore, type Operation } from './metadata-store'
import { decodeOverrides, decodeTopic, encodeOverrides, encodeTopic } from './metadata-values'
import { isRefusal, type Refusal, refusal, storeRefusal } from './refusal'
import type { ValidateOption } from './topic-request'

/** The next overrides of a resource, or why there are none. */
export type ConfigChange = { readonly overrides: ConfigOverrides } | Refusal

/** An expected outcome: errorCode 0 and a null message on success. */
export type ConfigResult = Refusal

export interface ConfigAdminOptions {
  readonly store: MetadataStore
  readonly cache: MetadataCache
  readonly keys: MetadataKeys
}

/** Where the overrides of a resource are: the topic's own value, or a key of their own that is absent when there are none. */
interface Place {
  readonly key: string
  /** Null: the resource is gone. */
  read(stored: KeyValue | null): ConfigOverrides | null
  write(stored: KeyValue | null, overrides: ConfigOverrides): Operation
}

const DONE: ConfigResult = refusal(ErrorCode.NONE)
/** What the store takes as a key, less what stands before the name. */
const MAX_NAME_LENGTH = 800

/** Stores the settings of topics, brokers, groups and client metrics; what they mean is not known here. */
export class ConfigAdmin {
  readonly #options: ConfigAdminOptions

  constructor(options: ConfigAdminOptions) {
    this.#options = options
  }

  /**
   * Replaces the overrides of a resource by what `change` makes of the current ones. It is called again when someone else was faster, so it
   * has to be pure. Answers when the change is visible in this broker's image.
   *
   * UNKNOWN_TOPIC_OR_PARTITION: no such topic. INVALID_REQUEST: the name of the resource is too long. REQUEST_TIMED_OUT: the store failed.
   */
  async alter(
    resource: ConfigResource,
    change: (current: ConfigOverrides) => ConfigChange,
    { validateOnly }: ValidateOption,
  ): Promise<ConfigResult> {
    if (encodeURIComponent(resource.name).length > MAX_NAME_LENGTH) {
      return refusal(ErrorCode.INVALID_REQUEST, `The name of the ${resource.type} is too long.`)
    }
    try {
      for (;;) {
        const place = this.#place(resource)
        const result = place === null ? unknownTopic(resource) : await this.#attempt(place, change, validateOnly)
        if (result !== null) return result
      }
    } catch (error) {
      return storeRefusal(error)
    }
  }

  /** Null: someone else was faster; what they did is in the image. */
  async #attempt(
    place: Place,
    change: (current: ConfigOverrides) => ConfigChange,
    validateOnly: boolean,
  ): Promise<ConfigResult | null> {
    const { store, cache } = this.#options
    const { keyValues, revision } = await store.range(keyRange(place.key))
    const stored = keyValues[0] ?? null
    const current = place.read(stored)
    if (current === null) {
      await cache.reached(revision)
      return null
    }
    const next = change(current)
    if (isRefusal(next)) return next
    if (validateOnly || isDeepStrictEqual(next.overrides, current)) return DONE
    const written = await store.transaction({
      compares: [isUnchangedSince(place.key, stored?.modRevision ?? 0)],
      success: [place.write(stored, next.overrides)],
    })
    await cache.reached(written.revision)
    return written.succeeded ? DONE : null
  }

  #place(resource: ConfigResource): Place | null {
    const { cache, keys } = this.#options
    if (resource.type !== 'topic') return ownPlace(keys.config(resource.type, resource.name))
    const topic = cache.current.topic(resource.name)
    return topic === undefined ? null : topicPlace(keys.topic(topic.id))
  }
}

const ownPlace = (key: string): Place => ({
  key,
  read: stored => (stored === null ? NO_OVERRIDES : decodeOverrides(stored)),
  write: (_stored, overrides) =>
    Object.keys(overrides).length === 0
      ? { type: 'delete', range: keyRange(key) }
      : { type: 'put', key, value: encodeOverrides(overrides) },
})

const topicPlace = (key: string): Place => ({
  key,
  read: stored => {
    const topic = stored === null ? null : decodeTopic(stored)
    return topic?.state === 'live' ? topic.configs : null
  },
  write: (stored, configs) => ({ type: 'put', key, value: encodeTopic({ ...decodeTopic(stored!), configs }) }),
})

const unknownTopic = (resource: ConfigResource): ConfigResult =>
  refusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `The topic '${resource.name}' does not exist.`)
