import { ErrorCode } from '../../protocol/errors'
import { append, LogWorld, readAll } from '../support/log-directories'

describe('a partition log', () => {
  test('gives out offsets at once and shows records when they are written', async () => {
    const world = new LogWorld()
    await world.open()
    const log = world.log()
    expect(append(log, 'a', 'b')).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: 0, lastOffset: 1 })
    expect(append(log, 'c')).toMatchObject({ baseOffset: 2, lastOffset: 2 })
    expect([log.nextOffset, log.logEndOffset]).toEqual([3, 0])
    await world.timers.settle()
    expect([log.nextOffset, log.logEndOffset]).toEqual([3, 3])
    expect(await readAll(log)).toMatchObject({ firstOffset: 0, nextOffset: 3 })
    await world.close()
    await world.open()
    expect(await readAll(world.log())).toMatchObject({ firstOffset: 0, nextOffset: 3 })
    expect(world.disk.list('/data')).toContain('topic-0')
  })
})
