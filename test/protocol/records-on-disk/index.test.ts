import { groupRecords, shareRecords, transactionRecords } from '../../../protocol/records-on-disk'
import { OffsetCommit } from '../../../protocol/records-on-disk/offset-commit'

describe('the records of each log', () => {
  it('are found by their types', () => {
    expect([...groupRecords.keys()]).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23,
    ])
    expect([...transactionRecords.keys()]).toEqual([0])
    expect([...shareRecords.keys()]).toEqual([0, 1])
    expect(groupRecords.get(1)).toBe(OffsetCommit)
  })

  it('have keys and values of their own', () => {
    for (const records of [groupRecords, transactionRecords, shareRecords]) {
      for (const { key: keyDefinition, value: valueDefinition } of records.values()) {
        const name = keyDefinition.name.replace(/Key$/, '')
        expect(valueDefinition.name).toBe(`${name}Value`)
      }
    }
  })
})
