import { metrics } from '../metric'

/** Replicas, leaders and the controller. */
export const clusterMetrics = metrics({
  partitions: {
    name: 'kafka_server_replicamanager_partitioncount',
    type: 'gauge',
    help: 'Partitions of which this broker holds a replica',
  },
  leaders: {
    name: 'kafka_server_replicamanager_leadercount',
    type: 'gauge',
    help: 'Partitions that this broker leads',
  },
  underReplicated: {
    name: 'kafka_server_replicamanager_underreplicatedpartitions',
    type: 'gauge',
    help: 'Partitions led here that have replicas which are not in sync',
  },
  underMinIsr: {
    name: 'kafka_server_replicamanager_underminisrpartitioncount',
    type: 'gauge',
    help: 'Partitions led here with fewer in-sync replicas than min.insync.replicas: writes with acks=all are refused',
  },
  offlineReplicas: {
    name: 'kafka_server_replicamanager_offlinereplicacount',
    type: 'gauge',
    help: 'Replicas of this broker whose log directory has failed',
  },
  activeController: {
    name: 'kafka_controller_kafkacontroller_activecontrollercount',
    type: 'gauge',
    help: '1 on the broker that is the controller; over the cluster the sum is 1',
  },
  offlinePartitions: {
    name: 'kafka_controller_kafkacontroller_offlinepartitionscount',
    type: 'gauge',
    help: 'Partitions of the cluster without a leader; 0 where the controller is not',
  },
  topicCount: {
    name: 'kafka_controller_kafkacontroller_globaltopiccount',
    type: 'gauge',
    help: 'Topics of the cluster; 0 where the controller is not',
  },
  partitionCount: {
    name: 'kafka_controller_kafkacontroller_globalpartitioncount',
    type: 'gauge',
    help: 'Partitions of the cluster; 0 where the controller is not',
  },
  brokers: {
    name: 'kafka_controller_kafkacontroller_activebrokercount',
    type: 'gauge',
    help: 'Brokers that live; 0 where the controller is not',
  },
  purgatory: {
    name: 'kafka_server_delayedoperationpurgatory_purgatorysize',
    type: 'gauge',
    labels: ['delayedoperation'],
    help: 'What waits: appends (Produce) for their acknowledgement, requests (Fetch) for records',
  },
  fetchSessions: {
    name: 'kafka_server_fetchsessioncache_numincrementalfetchsessions',
    type: 'gauge',
    help: 'Incremental fetch sessions',
  },
  fetchSessionPartitions: {
    name: 'kafka_server_fetchsessioncache_numincrementalfetchpartitionscached',
    type: 'gauge',
    help: 'Partitions in all incremental fetch sessions together',
  },
  fetchSessionEvictions: {
    name: 'kafka_server_fetchsessioncache_incrementalfetchsessionevictions_total',
    type: 'counter',
    help: 'Incremental fetch sessions that had to make room for others',
  },
})
