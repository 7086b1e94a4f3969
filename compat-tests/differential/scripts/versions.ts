import { ApiVersions } from '../../../protocol/messages/18-api-versions'
import { DescribeCluster } from '../../../protocol/messages/60-describe-cluster'
import { area, script } from '../script'

const SOFTWARE = { clientSoftwareName: 'compat', clientSoftwareVersion: '1.0' }

/** Key, version, correlation id 7, no client id, and what follows. */
const frame = (apiKey: number, version: number, rest = ''): Buffer => {
  const header = Buffer.alloc(10)
  header.writeInt16BE(apiKey, 0)
  header.writeInt16BE(version, 2)
  header.writeInt32BE(7, 4)
  header.writeInt16BE(-1, 8)
  return Buffer.concat([header, Buffer.from(rest, 'hex')])
}

export const versions = area(
  'versions',
  script('what is served', [0, 1, 2, 3, 4], (stage, version) => stage.send(ApiVersions, version, SOFTWARE)),
  script('a software name with a blank', [3, 4], (stage, version) =>
    stage.send(ApiVersions, version, { ...SOFTWARE, clientSoftwareName: 'two words' }),
  ),
  script('an empty software name', [3], (stage, version) =>
    stage.send(ApiVersions, version, { ...SOFTWARE, clientSoftwareName: '' }),
  ),
  script('a software version that begins with a dash', [3], (stage, version) =>
    stage.send(ApiVersions, version, { ...SOFTWARE, clientSoftwareVersion: '-1' }),
  ),
  script('a version of ApiVersions to come', [5, 99, 0x7fff], (stage, version) =>
    stage.sendFrame('ApiVersions', frame(18, version, '00020261026100')),
  ),
  script('a negative version of ApiVersions', [-1], (stage, version) =>
    stage.sendFrame('ApiVersions', frame(18, version)),
  ),
  ...[0, 3, 19, 60].map(key =>
    script(`a version above the range of API ${key}`, [99], (stage, version) =>
      stage.sendFrame('a request', frame(key, version)),
    ),
  ),
  ...[0, 1, 2, 8, 19, 23].map(key =>
    script(`a version below the range of API ${key}`, [0], (stage, version) =>
      stage.sendFrame('a request', frame(key, version, '00000000')),
    ),
  ),
  ...[4, 5, 6, 7, 58, 93, 1000, -1].map(key =>
    script(`the API key ${key}, which does not exist`, [0], (stage, version) =>
      stage.sendFrame('a request', frame(key, version)),
    ),
  ),
  ...[52, 53, 54, 62, 63, 67].map(key =>
    script(`the API key ${key}, which is for controllers only`, [0], (stage, version) =>
      stage.sendFrame('a request', frame(key, version)),
    ),
  ),
  script('a request that ends within its header', [3], stage => stage.sendFrame('a request', Buffer.from([0, 3, 0]))),
  script('a request without a body', [1], stage => stage.sendFrame('Metadata', frame(3, 1))),
  script('an array longer than its request', [1], stage => stage.sendFrame('Metadata', frame(3, 1, '7fffffff'))),
  script('an array of a negative length', [1], stage => stage.sendFrame('CreatePartitions', frame(37, 1, 'fffffff0'))),
  script('a text that is cut off', [1], stage => stage.sendFrame('Metadata', frame(3, 1, '00000001001061'))),
  script('a frame of a negative size', [0], stage => stage.sendBytes('a frame', Buffer.from('ffffffff', 'hex'))),
  script('a frame larger than allowed', [0], stage => stage.sendBytes('a frame', Buffer.from('7fffffff', 'hex'))),
  script('an empty frame', [0], stage => stage.sendBytes('a frame', Buffer.alloc(4))),
  script('something that is not Kafka at all', [0], stage =>
    stage.sendBytes('text', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')),
  ),
  script('the cluster', [0, 1, 2], (stage, version) => stage.send(DescribeCluster, version, {})),
  script('the cluster with authorized operations', [0, 2], (stage, version) =>
    stage.send(DescribeCluster, version, { includeClusterAuthorizedOperations: true }),
  ),
  script('the cluster seen by controllers', [1, 2], (stage, version) =>
    stage.send(DescribeCluster, version, { endpointType: 2 }),
  ),
  script('the cluster seen by an unknown kind of endpoint', [1], (stage, version) =>
    stage.send(DescribeCluster, version, { endpointType: 7 }),
  ),
)
