import { processMetrics } from '../../src/metrics/process-metrics'

test('the figures of the process are told as often as they are asked for', async () => {
  const first = await processMetrics()
  const second = await processMetrics()
  for (const text of [first, second]) {
    expect(text).toMatch(/^process_cpu_seconds_total [\d.e-]+$/m)
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
    expect(text).toMatch(/^nodejs_heap_size_used_bytes \d+$/m)
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds [\d.e-]+$/m)
  }
})
