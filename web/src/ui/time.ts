// SPDX-License-Identifier: Apache-2.0
// Times for people. `ns` counts from the start of the run, `ms` since 1970 (UTC).

/** 12:03:45.114 */
export function clockText(ms: number): string {
  return new Date(Math.floor(ms)).toISOString().slice(11, 23);
}

/** +225.114 s */
export function offsetText(ns: number): string {
  return `${ns < 0 ? '−' : '+'}${Math.abs(ns / 1e9).toFixed(3)} s`;
}

/** 12 ms, 1.5 s, 10 min: at most three digits, the unit that fits. */
export function durationText(ns: number): string {
  const units: [number, string][] = [
    [864e11, 'd'],
    [36e11, 'h'],
    [6e10, 'min'],
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
  ];
  const size = Math.abs(ns);
  for (const [unit, name] of units) {
    if (size >= unit) return `${Number((ns / unit).toPrecision(size >= 100 * unit ? 4 : 3))} ${name}`;
  }
  return `${Math.round(ns)} ns`;
}
