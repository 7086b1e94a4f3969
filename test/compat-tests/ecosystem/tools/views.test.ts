import { sizeless, timeless } from '../../../../compat-tests/ecosystem/tools/views'

test('of sizes it is compared whether there is anything', () => {
  const printed = (size: number) => ({ status: 0, stdout: `{"partition":"t-0","size":${size}}`, stderr: '' })
  expect(sizeless(printed(270))).toBe(sizeless(printed(287)))
  expect(sizeless(printed(0))).not.toBe(sizeless(printed(287)))
})

test('how long a producer takes is not compared, but how much it sends in all', () => {
  const onItsWay = '1 records sent, 0.2 records/sec (0.00 MB/sec), 812.0 ms avg latency, 812.0 ms max latency.\n'
  const all = (count: number, max: number) =>
    `${count} records sent, 300.5 records/sec (0.03 MB/sec), 10.2 ms avg latency, ${max}.00 ms max latency, 2 ms 50th, 9 ms 99th.\n`
  const printed = (stdout: string) => timeless({ status: 0, stdout, stderr: '' })
  expect(printed(onItsWay + onItsWay + all(2000, 900))).toBe(printed(all(2000, 12)))
  expect(printed(all(2000, 12))).not.toBe(printed(all(1999, 12)))
})
