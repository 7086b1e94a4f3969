/**
 * WriteTxnMarkers (27), versions 1-2: the coordinators of transactions, which are brokers, end them in the partitions that this broker leads.
 * 2: the version of the transaction, from which partitions tell a marker that has come too late.
 */
import { ErrorCode } from '../../protocol/errors'
import { WriteTxnMarkers, type WriteTxnMarkersRequest } from '../../protocol/messages/27-write-txn-markers'
import type { MarkerWriter, TransactionMarker } from '../coordinator/transaction/marker-writer'
import { handler } from './handler'

type WritableMarker = WriteTxnMarkersRequest['markers'][number]

export const writeTxnMarkers = ({ markers: writer }: { readonly markers: MarkerWriter }) =>
  handler(WriteTxnMarkers, { versions: [1, 2] }, async ({ markers }) => ({
    markers: await Promise.all(markers.map(marker => writeMarker(writer, marker))),
  }))

const writeMarker = async (writer: MarkerWriter, marker: WritableMarker) => {
  const write = async (topic: string, partitionIndex: number) => ({
    partitionIndex,
    errorCode:
      marker.producerEpoch < 0
        ? ErrorCode.INVALID_PRODUCER_EPOCH
        : await writer.write(transactionMarker(marker), topic, partitionIndex),
  })
  const topics = marker.topics.map(async ({ name, partitionIndexes }) => ({
    name,
    partitions: await Promise.all(partitionIndexes.map(index => write(name, index))),
  }))
  return { producerId: marker.producerId, topics: await Promise.all(topics) }
}

const transactionMarker = (marker: WritableMarker): TransactionMarker => ({
  producerId: marker.producerId,
  producerEpoch: marker.producerEpoch,
  isCommit: marker.transactionResult,
  coordinatorEpoch: marker.coordinatorEpoch,
  transactionVersion: marker.transactionVersion,
})
