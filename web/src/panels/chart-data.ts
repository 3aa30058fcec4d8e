// SPDX-License-Identifier: Apache-2.0
// What the chart shows of a series: its samples, joined where neighbours are, and what an instant query returns at each
// instant: the last sample of the 5 minutes before, unless a stale marker is the last.
import { upperBound } from '../trace/trace';
import type { Samples } from '../trace/series';

export const kLookbackMs = 300_000;

export interface ChartData {
  /** Seconds since 1970. */
  x: number[];
  /** null: a gap; undefined: this x belongs to the other line. */
  samples: (number | null | undefined)[];
  query: (number | null)[];
  markers: number[];
}

/** `gapMs`: samples further apart than this are not joined. */
export function chartData(samples: Samples, gapMs: number, endMs: number): ChartData {
  const data: ChartData = { x: [], samples: [], query: [], markers: [] };
  const push = (ms: number, sample: number | null | undefined, query: number | null): void => {
    data.x.push(ms / 1000);
    data.samples.push(sample);
    data.query.push(query);
  };
  let last = -Infinity;
  for (let at = 0; at < samples.ms.length; ++at) {
    const ms = samples.ms[at];
    if (ms <= last) continue;
    if (last > -Infinity && ms - last > gapMs) push(last + gapMs / 2, null, queryAt(data));
    if (last > -Infinity && ms - last > kLookbackMs) push(last + kLookbackMs, undefined, null);
    if (samples.stale[at]) {
      push(ms, null, null);
      data.markers.push(ms / 1000);
    } else {
      const value = Number.isFinite(samples.values[at]) ? samples.values[at] : null;
      push(ms, value, value);
    }
    last = ms;
  }
  if (last > -Infinity) {
    const until = Math.min(last + kLookbackMs, endMs);
    if (until > last) push(until, undefined, queryAt(data));
    if (until === last + kLookbackMs) data.query[data.query.length - 1] = null;
  }
  return data;
}

function queryAt(data: ChartData): number | null {
  return data.query[data.query.length - 1] ?? null;
}

export type QueryAnswer = { kind: 'value'; value: number; ms: number } | { kind: 'marker'; ms: number } | { kind: 'none'; ms: number | null };

/** What an instant query at `ms` returns when this is the last event that has happened. */
export function instantQuery(samples: Samples, ms: number, event: number): QueryAnswer {
  let at = upperBound(samples.ms, ms) - 1;
  while (at >= 0 && samples.stored[at] > event) --at;
  if (at < 0) return { kind: 'none', ms: null };
  if (ms - samples.ms[at] >= kLookbackMs) return { kind: 'none', ms: samples.ms[at] };
  if (samples.stale[at]) return { kind: 'marker', ms: samples.ms[at] };
  return { kind: 'value', value: samples.values[at], ms: samples.ms[at] };
}
