import { type MessageOf, message } from '../schema/message'

export const ProducerSnapshot = message({
  name: 'ProducerSnapshot',
  versions: '1',
  flexibleVersions: 'none',
  fields: [
    { name: 'crc', type: 'uint32', versions: '1+' },
    {
      name: 'producerEntries',
      type: '[]ProducerEntry',
      versions: '1+',
      fields: [
        { name: 'producerId', type: 'int64', versions: '1+' },
        { name: 'epoch', type: 'int16', versions: '1+' },
        { name: 'lastSequence', type: 'int32', versions: '1+' },
        { name: 'lastOffset', type: 'int64', versions: '1+' },
        { name: 'offsetDelta', type: 'int32', versions: '1+' },
        { name: 'timestamp', type: 'int64', versions: '1+' },
        { name: 'coordinatorEpoch', type: 'int32', versions: '1+' },
        { name: 'currentTxnFirstOffset', type: 'int64', versions: '1+' },
      ],
    },
  ],
})

export type ProducerSnapshot = MessageOf<typeof ProducerSnapshot>
