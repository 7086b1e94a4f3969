import { DescribeTopicPartitionsResponse } from '../../../protocol/messages/75-describe-topic-partitions'
import { readerOf, writerOf } from '../../../protocol/schema/codec'
import { Reader } from '../../../protocol/wire/reader'
import { Writer } from '../../../protocol/wire/writer'

/** Prints whether code may be made from strings in this process, and a message that went through the codec. */
const canGenerateCode = (): boolean => {
  try {
    new Function('')
    return true
  } catch {
    return false
  }
}

const writer = new Writer()
writerOf(DescribeTopicPartitionsResponse, 0)(writer, {
  topics: [{ name: 'topic', partitions: [{ partitionIndex: 7, isrNodes: [1, 2], eligibleLeaderReplicas: null }] }],
  nextCursor: { topicName: 'next', partitionIndex: 3 },
})
const bytes = Buffer.concat(writer.finish())
const message = readerOf(DescribeTopicPartitionsResponse, 0)(new Reader(bytes))
process.stdout.write(JSON.stringify({ canGenerateCode: canGenerateCode(), bytes: bytes.toString('hex'), message }))
