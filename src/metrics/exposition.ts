import type { Histogram } from './histogram'
import type { Metric } from './metric'

export type LabelValue = string | number

/** What the text is, as HTTP says it. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Writes metrics in the text format of Prometheus 0.0.4. */
export class Exposition {
  #text = ''
  #name = ''

  /** Characters written since the last `take`. */
  get length(): number {
    return this.#text.length
  }

  /** Begins with the series of a metric; all of them have to follow. */
  begin({ name, type, help }: Metric): void {
    this.#name = name
    this.#text += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`
  }

  /** One series of the metric; `labels` are those of `labelText`. */
  sample(value: number, labels = ''): void {
    this.#text += `${this.#name}${braced(labels)} ${numberText(value)}\n`
  }

  histogram(histogram: Histogram, labels = ''): void {
    const prefix = labels === '' ? '' : `${labels},`
    let count = 0
    for (const [index, ofBucket] of histogram.counts.entries()) {
      count += ofBucket
      const bound = histogram.bounds[index] ?? Number.POSITIVE_INFINITY
      this.#text += `${this.#name}_bucket{${prefix}le="${numberText(bound)}"} ${count}\n`
    }
    this.#text += `${this.#name}_sum${braced(labels)} ${numberText(histogram.sum)}\n`
    this.#text += `${this.#name}_count${braced(labels)} ${count}\n`
  }

  /** A metric with one series. */
  single(metric: Metric, value: number): void {
    this.begin(metric)
    this.sample(value)
  }

  /** Lines in the same format that somebody else has written. */
  append(text: string): void {
    this.#text += text
  }

  /** What has been written since the last call. */
  take(): string {
    const text = this.#text
    this.#text = ''
    return text
  }
}

/** The labels of a series as text: pairs of names and values. */
export const labelText = (...pairs: readonly (readonly [name: string, value: LabelValue])[]): string =>
  pairs.map(([name, value]) => `${name}="${typeof value === 'number' ? value : escapeLabel(value)}"`).join(',')

const braced = (labels: string): string => (labels === '' ? '' : `{${labels}}`)

const numberText = (value: number): string => {
  if (Number.isFinite(value) || Number.isNaN(value)) return `${value}`
  return value > 0 ? '+Inf' : '-Inf'
}

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')

const NEEDS_ESCAPE = /[\\"\n]/

const escapeLabel = (text: string): string => (NEEDS_ESCAPE.test(text) ? escapeHelp(text).replaceAll('"', '\\"') : text)
