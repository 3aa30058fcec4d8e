// SPDX-License-Identifier: Apache-2.0
// Durations as Prometheus writes them, in milliseconds.
const kUnits: [string, number][] = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];
const kShape = new RegExp(`^${kUnits.map(([unit]) => `(?:(\\d+)${unit})?`).join('')}$`);

/** null: it is none. */
export function parseDuration(value: unknown): number | null {
  if (typeof value !== 'string' || value === '') return null;
  const parts = kShape.exec(value);
  return parts && kUnits.reduce((sum, [, size], i) => sum + Number(parts[i + 1] ?? 0) * size, 0);
}

export function durationText(ms: number): string {
  let left = Math.round(ms);
  let text = '';
  for (const [unit, size] of kUnits.slice(2)) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text || '0s';
}
