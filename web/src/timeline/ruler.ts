// SPDX-License-Identifier: Apache-2.0
// Where the ruler's ticks stand and what they say.
const kSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500].flatMap((n) => [n, n * 1e3, n * 1e6]).sort((a, b) => a - b);
const kLong = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800].map(
  (seconds) => seconds * 1e9,
);
const kAll = [...kSteps, ...kLong];

/** ns between ticks, at least `pixels` apart. */
export function tickStep(nsPerPixel: number, pixels: number): number {
  return kAll.find((step) => step >= nsPerPixel * pixels) ?? Math.ceil((nsPerPixel * pixels) / 6048e11) * 6048e11;
}

/** Time of day with as many digits as the step needs. `ns` since the start. */
export function tickText(startMs: number, ns: number, step: number): string {
  const ms = startMs + Math.floor(ns / 1e6);
  const iso = new Date(ms).toISOString();
  if (step >= 864e11) return iso.slice(5, 10);
  if (step >= 6e10) return iso.slice(11, 16);
  if (step >= 1e9) return iso.slice(11, 19);
  if (step >= 1e6) return iso.slice(14, 23);
  const rest = Math.round(((ns % 1e9) + 1e9) % 1e9);
  return `${iso.slice(17, 19)}.${String(rest).padStart(9, '0').slice(0, step >= 1e3 ? 6 : 9)}`;
}

/** Instants of ticks in [from, to], on round times of day. */
export function ticks(startMs: number, from: number, to: number, step: number): number[] {
  const shift = step >= 1e6 ? ((startMs * 1e6) % step) : 0;
  const found: number[] = [];
  for (let at = Math.ceil((from + shift) / step) * step - shift; at <= to && found.length < 500; at += step) found.push(at);
  return found;
}
