import { ErrorCode } from '../../protocol/errors'
import { DescribeCluster } from '../../protocol/messages/60-describe-cluster'
import { TestBroker } from '../support/test-broker'

const NOT_ASKED = -0x80000000

let broker: TestBroker

beforeAll(async () => {
  broker = await TestBroker.start({ settings: { 'node.id': '7', 'broker.rack': 'b' } })
})

afterAll(() => broker.close())

test.each([0, 1, 2])('version %i tells the brokers and the controller', async version => {
  const asked = { includeClusterAuthorizedOperations: true }
  expect(await broker.ask(DescribeCluster, version, asked)).toEqual({
    throttleTimeMs: 0,
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    endpointType: 1,
    clusterId: expect.stringMatching(/^[\w-]{22}$/),
    controllerId: 7,
    brokers: [{ brokerId: 7, host: 'localhost', port: broker.port, rack: 'b', isFenced: false }],
    clusterAuthorizedOperations: 8096,
  })
  expect(await broker.ask(DescribeCluster, version, {})).toMatchObject({ clusterAuthorizedOperations: NOT_ASKED })
})

test.each([
  [2, ErrorCode.MISMATCHED_ENDPOINT_TYPE, /we wanted an endpoint of type CONTROLLER/],
  [0, ErrorCode.UNSUPPORTED_ENDPOINT_TYPE, /Unsupported endpoint type 0/],
  [-1, ErrorCode.UNSUPPORTED_ENDPOINT_TYPE, /Unsupported endpoint type -1/],
])('endpoints of type %i are not told here', async (endpointType, errorCode, message) => {
  for (const version of [1, 2]) {
    expect(await broker.ask(DescribeCluster, version, { endpointType })).toMatchObject({
      errorCode,
      errorMessage: expect.stringMatching(message),
      brokers: [],
    })
  }
})
