import { isBatchCrcValid, patchBaseOffset, patchLeaderEpoch } from '../../../protocol/records/batch-header'
import {
  ControlRecordType,
  controlTypeOf,
  encodeEndTransactionMarker,
  readEndTransactionMarker,
} from '../../../protocol/records/control-record'
import { InvalidBatch } from '../../../protocol/records/invalid-batch'
import { encodeBatch } from '../../../protocol/records/record-batch'
import { openRecords } from '../../../protocol/records/record-cursor'
import { goldenBatches, goldenVector } from '../../support/golden-batches'

const controlBatch = (key: string, value: string) =>
  encodeBatch({ isControl: true, records: [{ key: Buffer.from(key, 'hex'), value: Buffer.from(value, 'hex') }] })

describe.each(['control-commit', 'control-abort'])('the marker of the Java client in %s', name => {
  const { bytes, batches } = goldenVector(name)
  const [batch] = batches
  const isCommit = name === 'control-commit'

  test('reads as the end that it is', () => {
    const { coordinatorEpoch } = batch!.records[0]!
    expect(readEndTransactionMarker(bytes, 0)).toEqual({ isCommit, coordinatorEpoch })
  })

  test('is written byte for byte, once the log has set offset and leader epoch', () => {
    const marker = encodeEndTransactionMarker({
      isCommit,
      coordinatorEpoch: batch!.records[0]!.coordinatorEpoch!,
      producerId: batch!.producerId,
      producerEpoch: batch!.producerEpoch,
      timestamp: batch!.baseTimestamp,
    })
    patchBaseOffset(marker, 0, batch!.baseOffset)
    patchLeaderEpoch(marker, 0, batch!.partitionLeaderEpoch)
    expect(marker).toEqual(bytes)
    expect(isBatchCrcValid(marker, 0)).toBe(true)
  })
})

test('the type of every control record is in its key', () => {
  const types = goldenBatches
    .filter(({ expected }) => expected.isControl)
    .map(({ bytes, expected }) => {
      const records = openRecords(bytes, 0, { maxBytes: 1000 })
      records.next()
      return [expected.records[0]!.controlType, controlTypeOf(records.key())]
    })
  expect(new Set(types.map(([name]) => name))).toEqual(new Set(['COMMIT', 'ABORT', 'LEADER_CHANGE']))
  for (const [name, type] of types) expect(type).toBe(ControlRecordType[name as keyof typeof ControlRecordType])
})

test('batches that end no transaction have no marker', () => {
  for (const name of ['single', 'transactional-none', 'control-leader-change']) {
    expect(readEndTransactionMarker(goldenVector(name).bytes, 0)).toBeNull()
  }
  expect(readEndTransactionMarker(encodeBatch({ isControl: true, records: [] }), 0)).toBeNull()
})

test('versions of key and value that are to come are read by what they begin with', () => {
  const batch = controlBatch('0005' + '0001', '0003' + '00000011' + 'ffff')
  expect(readEndTransactionMarker(batch, 0)).toEqual({ isCommit: true, coordinatorEpoch: 17 })
})

test.each([
  ['a key that is too short', '000000', '000000000000'],
  ['a key of a negative version', 'ffff0000', '000000000000'],
  ['a value that is too short', '00000000', '0000000000'],
  ['a value of a negative version', '00000000', 'ffff00000000'],
])('%s is refused', (_, key, value) => {
  expect(() => readEndTransactionMarker(controlBatch(key, value), 0)).toThrow(InvalidBatch)
})

test('a control record without key or value is refused', () => {
  expect(() => controlTypeOf(null)).toThrow(InvalidBatch)
  const batch = encodeBatch({ isControl: true, records: [{ key: Buffer.alloc(4) }] })
  expect(() => readEndTransactionMarker(batch, 0)).toThrow(InvalidBatch)
})
