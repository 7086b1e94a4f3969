import { metrics } from '../metric'

/** Traffic by topic, and the partitions behind it. */
export const topicMetrics = metrics({
  messagesIn: {
    name: 'kafka_server_brokertopicmetrics_messagesin_total',
    type: 'counter',
    labels: ['topic'],
    help: 'Records appended',
  },
  bytesIn: {
    name: 'kafka_server_brokertopicmetrics_bytesin_total',
    type: 'counter',
    unit: 'bytes',
    labels: ['topic'],
    help: 'Size of the record batches appended, as sent',
  },
  bytesOut: {
    name: 'kafka_server_brokertopicmetrics_bytesout_total',
    type: 'counter',
    unit: 'bytes',
    labels: ['topic'],
    help: 'Size of the record batches fetched',
  },
  produceRequests: {
    name: 'kafka_server_brokertopicmetrics_totalproducerequests_total',
    type: 'counter',
    labels: ['topic'],
    help: 'Appends of producers, one for each partition in a request',
  },
  failedProduceRequests: {
    name: 'kafka_server_brokertopicmetrics_failedproducerequests_total',
    type: 'counter',
    labels: ['topic'],
    help: 'Appends of producers that were refused',
  },
  fetchRequests: {
    name: 'kafka_server_brokertopicmetrics_totalfetchrequests_total',
    type: 'counter',
    labels: ['topic'],
    help: 'Reads of consumers, one for each partition in a request',
  },
  failedFetchRequests: {
    name: 'kafka_server_brokertopicmetrics_failedfetchrequests_total',
    type: 'counter',
    labels: ['topic'],
    help: 'Reads of consumers that failed',
  },
  logSize: {
    name: 'kafka_log_log_size_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: ['topic', 'partition'],
    help: 'Size of a log on the disk, without its indexes',
  },
  logStartOffset: {
    name: 'kafka_log_log_logstartoffset',
    type: 'gauge',
    labels: ['topic', 'partition'],
    help: 'Offset of the first record that can be read',
  },
  logEndOffset: {
    name: 'kafka_log_log_logendoffset',
    type: 'gauge',
    labels: ['topic', 'partition'],
    help: 'Offset that the next record gets',
  },
  lastStableOffsetLag: {
    name: 'kafka_cluster_partition_laststableoffsetlag',
    type: 'gauge',
    labels: ['topic', 'partition'],
    help: 'Offsets below the high watermark that readers of committed records cannot see yet, because a transaction is open',
  },
  omitted: {
    name: 'odradek_metrics_omitted',
    type: 'gauge',
    labels: ['series'],
    help: '1 where series are summed up or left out because there are more than the setting metrics.topics.max, metrics.partitions.max or metrics.groups.max allows',
  },
})
