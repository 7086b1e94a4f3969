const { useBroker } = require('odradek/jest')

const DAY = 86_400_000

const broker = useBroker({
  time: 'virtual',
  topics: { sessions: { configs: { 'retention.ms': 30 * DAY, 'segment.ms': DAY } } },
})

test('what is older than thirty days is gone', async () => {
  await broker.produce('sessions', ['old'])
  await broker.time.advance(29 * DAY)
  await broker.produce('sessions', ['young'])
  await broker.time.advance(3 * DAY)
  expect(await broker.records('sessions')).toMatchObject([{ value: 'young' }])
})
