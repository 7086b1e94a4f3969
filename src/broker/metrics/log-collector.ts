import type { LogDirectories } from '../../log/log-directories'
import type { Collector } from '../../metrics/scrape'
import { logMetrics as metrics } from '../../metrics/tables/log-metrics'
import { writeSeries } from './series'

/** Log directories and what goes on in them. */
export const logCollector = (directories: LogDirectories): Collector =>
  function* (out) {
    const states = directories.directories()
    const online = states.filter(({ isOffline }) => !isOffline)
    out.single(metrics.offlineDirectories, states.length - online.length)
    yield* writeSeries(
      out,
      metrics.directoryTotal,
      online.map(({ path, totalBytes }) => [totalBytes, path]),
    )
    yield* writeSeries(
      out,
      metrics.directoryUsable,
      online.map(({ path, usableBytes }) => [usableBytes, path]),
    )
    const { figures, tailCache } = directories
    out.begin(metrics.writeSeconds)
    out.histogram(figures.writeSeconds)
    out.begin(metrics.flushSeconds)
    out.histogram(figures.flushSeconds)
    out.single(metrics.tailCacheBytes, tailCache.sizeInBytes)
    out.single(metrics.tailCacheHits, tailCache.hits)
    out.single(metrics.tailCacheMisses, tailCache.misses)
    out.begin(metrics.compactionSeconds)
    out.histogram(figures.compactionSeconds)
    out.single(metrics.compactedBytesBefore, figures.compactedBytesBefore)
    out.single(metrics.compactedBytesAfter, figures.compactedBytesAfter)
    out.single(metrics.deletedSegments, figures.deletedSegments)
    out.single(metrics.deletedBytes, figures.deletedBytes)
  }
