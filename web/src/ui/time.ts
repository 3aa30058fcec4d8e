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

/** 12 ms, 1.5 s, 1 min 10 s: at most three digits, or two units. */
export function durationText(ns: number): string {
  const units: [number, string][] = [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
  ];
  const size = Math.abs(ns);
  if (size >= 6e10) return longText(Math.round(ns / 1e9));
  for (const [unit, name] of units) {
    if (size >= unit) return `${Number((ns / unit).toPrecision(size >= 100 * unit ? 4 : 3))} ${name}`;
  }
  return `${Math.round(ns)} ns`;
}

function longText(seconds: number): string {
  const units: [number, string][] = [
    [86400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const first = units.findIndex(([unit]) => Math.abs(seconds) >= unit);
  const [big, name] = units[first];
  const whole = Math.trunc(seconds / big);
  const next = units[first + 1];
  const rest = next ? Math.round(Math.abs(seconds - whole * big) / next[0]) : 0;
  return rest > 0 ? `${whole} ${name} ${rest} ${next[1]}` : `${whole} ${name}`;
}
