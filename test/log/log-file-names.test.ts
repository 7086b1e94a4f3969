import fc from 'fast-check'
import {
  logFolderName,
  parseLogFolderName,
  parseSegmentFileName,
  segmentFileName,
  suffixedLogFolderName,
} from '../../src/log/log-file-names'

const ID = '0123456789abcdef0123456789abcdef'

describe('names of segment files', () => {
  test('have the base offset in 20 digits, the kind, and a suffix while something is under way', () => {
    expect(segmentFileName(368769, 'log')).toBe('00000000000000368769.log')
    expect(segmentFileName(0, 'txnindex', '.swap')).toBe('00000000000000000000.txnindex.swap')
  })

  test('are understood', () => {
    expect(parseSegmentFileName('00000000000000000042.timeindex')).toEqual({
      baseOffset: 42,
      kind: 'timeindex',
      suffix: '',
    })
    expect(parseSegmentFileName('00000000000000000042.snapshot.deleted')).toEqual({
      baseOffset: 42,
      kind: 'snapshot',
      suffix: '.deleted',
    })
  })

  test.each([
    'leader-epoch-checkpoint',
    'partition.metadata',
    '42.log',
    '00000000000000000042.log.bak',
    '00000000000000000042.logs',
    '99999999999999999999.log',
    '00000000000000000042-00000000000000000007.checkpoint',
  ])('are not seen in %s', name => {
    expect(parseSegmentFileName(name)).toBeNull()
  })
})

describe('names of log folders', () => {
  test('end with the partition, so that the topic may have hyphens and digits', () => {
    expect(logFolderName('a-1', 2)).toBe('a-1-2')
    expect(parseLogFolderName('a-1-2')).toEqual({ topic: 'a-1', partition: 2, suffix: '' })
  })

  test.each(['-delete', '-future', '-stray'] as const)('say what is under way: %s', suffix => {
    const name = suffixedLogFolderName('dotted.topic', 7, suffix, ID)
    expect(name).toBe(`dotted.topic-7.${ID}${suffix}`)
    expect(parseLogFolderName(name)).toEqual({ topic: 'dotted.topic', partition: 7, suffix })
  })

  test('are cut to 255 characters at the topic', () => {
    const name = suffixedLogFolderName('t'.repeat(249), 12, '-delete', ID)
    expect(name).toHaveLength(255)
    expect(parseLogFolderName(name)).toMatchObject({ partition: 12, suffix: '-delete' })
  })

  test.each(['lost+found', 'meta.properties', 'topic', 'topic-', '-1', 'topic-x', 'a b-0', 'topic-0.-delete'])(
    'are not seen in %s',
    name => {
      expect(parseLogFolderName(name)).toBeNull()
    },
  )

  test('come back as they were given', () => {
    const topics = fc.stringMatching(/^[a-zA-Z0-9._-]{1,200}$/)
    const partitions = fc.nat(2 ** 31 - 1)
    fc.assert(
      fc.property(topics, partitions, (topic, partition) => {
        expect(parseLogFolderName(logFolderName(topic, partition))).toEqual({ topic, partition, suffix: '' })
        expect(parseLogFolderName(suffixedLogFolderName(topic, partition, '-stray', ID))).toEqual({
          topic,
          partition,
          suffix: '-stray',
        })
      }),
    )
  })
})
