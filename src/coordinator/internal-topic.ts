import { ErrorCode, errorName } from '../../protocol/errors'
import type { Logger } from '../io/logger'
import type { MetadataCache } from '../metadata/metadata-cache'
import type { TopicAdmin } from '../metadata/topic-admin'

export interface InternalTopicOptions {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  readonly settings: Readonly<Record<string, string>>
  readonly cache: MetadataCache
  readonly topics: TopicAdmin
  readonly logger: Logger
}

/** A topic that holds the state of a coordinator; made when it is first needed. */
export class InternalTopic {
  readonly name: string
  readonly #options: InternalTopicOptions
  #creation: Promise<boolean> | null = null

  constructor(options: InternalTopicOptions) {
    this.#options = options
    this.name = options.name
  }

  /** Resolves when the topic can be used; false when it cannot be made now. */
  ensure(): Promise<boolean> {
    if (this.#options.cache.current.topic(this.name)) return Promise.resolve(true)
    this.#creation ??= this.#create().finally(() => {
      this.#creation = null
    })
    return this.#creation
  }

  async #create(): Promise<boolean> {
    const { name, partitions, replicationFactor, settings, topics, logger } = this.#options
    const configs = Object.entries(settings).map(([key, value]) => ({ name: key, value }))
    const { errorCode, errorMessage } = await topics.createInternalTopic({
      name,
      partitions,
      replicationFactor,
      assignments: [],
      configs,
    })
    if (errorCode === ErrorCode.NONE) return true
    logger.warn(`the topic ${name} cannot be created`, { reason: errorMessage ?? errorName(errorCode) })
    return false
  }
}
