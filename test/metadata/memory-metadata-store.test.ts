import { MemoryMetadataStore } from '../../src/metadata/memory-metadata-store'
import { describeMetadataStore } from '../support/metadata-store-contract'

describe('the metadata store in memory', () => {
  describeMetadataStore(async timers => new MemoryMetadataStore({ timers }))
})
