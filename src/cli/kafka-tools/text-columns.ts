/**
 * Rows of a table in which every column is as wide as its longest cell, and at least as wide as given; blanks go between columns. A last
 * column of width 0 is not filled up.
 */
export const textColumns = (widths: readonly number[], rows: readonly (readonly string[])[]): string[] => {
  const wide = widths.map((least, column) => least && Math.max(least, ...rows.map(row => row[column]!.length)))
  return rows.map(row => row.map((cell, column) => cell.padEnd(wide[column]!)).join(' '))
}
