import { type Figures, UNITS } from './scenario'

/** All figures of one scenario, by target, one entry per round. */
export interface Measurement {
  readonly name: string
  readonly rounds: Readonly<Record<string, readonly Figures[]>>
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** A figure with three digits that count. */
const text = (value: number): string =>
  Number.isNaN(value) ? '-' : value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)

/** A line per figure: median of each target and, with two of them, how many times the second the first is. */
export const tableOf = (measurements: readonly Measurement[]): string => {
  const lines = [['scenario', 'figure', ...Object.keys(measurements[0]?.rounds ?? {}), 'ratio']]
  for (const { name, rounds } of measurements) {
    const targets = Object.values(rounds)
    for (const figure of Object.keys(targets[0]?.[0] ?? {})) {
      const medians = targets.map(all => median(all.map(figures => figures[figure]!)))
      const ratio = medians.length === 2 ? `${(medians[0]! / medians[1]!).toFixed(2)}x` : ''
      lines.push([name, `${figure} (${UNITS[figure]!.unit})`, ...medians.map(text), ratio])
    }
  }
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map(line => (line[column] ?? '').length)))
  return lines
    .map(line =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
