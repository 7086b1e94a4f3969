import { AlterReplicaLogDirs } from '../../../protocol/messages/34-alter-replica-log-dirs'
import { DescribeLogDirs } from '../../../protocol/messages/35-describe-log-dirs'
import { area, script } from '../script'
import { batch, newTopic, produce } from '../steps'

export const logDirs = area(
  'log directories',
  script('a topic with records', [1, 2, 3, 4, 5], async (stage, version) => {
    const topic = await newTopic(stage, { partitions: 2 })
    await produce(stage, topic, batch(['one', 'two']))
    await stage.send(DescribeLogDirs, version, { topics: [{ topic: topic.name, partitions: [0, 1] }] })
  }),
  script('all topics', [1, 5], async (stage, version) => {
    const { name } = await newTopic(stage)
    await stage.send(DescribeLogDirs, version, { topics: null }, answer => ({
      ...answer,
      results: answer.results.map(result => ({
        ...result,
        topics: result.topics.filter(topic => topic.name === name),
      })),
    }))
  }),
  script('no topic', [1, 5], (stage, version) => stage.send(DescribeLogDirs, version, { topics: [] })),
  script('an unknown topic', [1, 5], (stage, version) =>
    stage.send(DescribeLogDirs, version, { topics: [{ topic: stage.name('unknown'), partitions: [0] }] }),
  ),
  script('an unknown partition', [1, 5], async (stage, version) => {
    const { name } = await newTopic(stage)
    await stage.send(DescribeLogDirs, version, { topics: [{ topic: name, partitions: [7] }] })
  }),
  script('a replica moves to an unknown directory', [1, 2], async (stage, version) => {
    const { name } = await newTopic(stage)
    const dirs = [{ path: '/no/such/directory', topics: [{ name, partitions: [0] }] }]
    await stage.send(AlterReplicaLogDirs, version, { dirs })
  }),
  script('a replica moves to a path that is not absolute', [1, 2], async (stage, version) => {
    const { name } = await newTopic(stage)
    const dirs = [{ path: 'directory', topics: [{ name, partitions: [0] }] }]
    await stage.send(AlterReplicaLogDirs, version, { dirs })
  }),
  script('a replica of an unknown topic moves', [2], (stage, version) => {
    const dirs = [{ path: '/no/such/directory', topics: [{ name: stage.name('unknown'), partitions: [0] }] }]
    return stage.send(AlterReplicaLogDirs, version, { dirs })
  }),
  script('a replica stays where it is', [1, 2], async (stage, version) => {
    const { name } = await newTopic(stage)
    const { results } = await stage.quietly(DescribeLogDirs, 4, { topics: [{ topic: name, partitions: [0] }] })
    const dirs = [{ path: results[0]!.logDir, topics: [{ name, partitions: [0, 7] }] }]
    await stage.send(AlterReplicaLogDirs, version, { dirs })
  }),
  script('nothing moves', [1, 2], (stage, version) => stage.send(AlterReplicaLogDirs, version, { dirs: [] })),
)
