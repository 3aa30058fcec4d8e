// SPDX-License-Identifier: Apache-2.0
// What two runs stored and what their targets did, side by side. Series and targets meet by their labels.
import { ScrapeFlag } from '../trace/decode';
import { Kind } from '../trace/kinds';
import { seriesText } from '../trace/labels-text';
import type { Trace } from '../trace/trace';

export interface Pair<T> {
  a: T;
  b: T;
}

export interface TargetSummary {
  loops: number[];
  up: number;
  down: number;
}

export interface TargetRow extends Pair<TargetSummary | null> {
  target: string;
  differs: boolean;
}

export interface SeriesSummary {
  samples: number;
  markers: number;
}

export interface SeriesRow extends Pair<SeriesSummary | null> {
  series: string;
  /** Sample time in ms of the first sample that only one of them has, or that is another. */
  firstMs: number;
}

export interface Comparison {
  samples: Pair<number>;
  markers: Pair<number>;
  targets: TargetRow[];
  /** Those that differ. */
  series: SeriesRow[];
  same: number;
}

interface Stored extends SeriesSummary {
  /** Time and bits of each stored sample. */
  times: number[];
  bits: string[];
}

export function compareTraces(a: Trace, b: Trace): Comparison {
  const stored = { a: storedOf(a), b: storedOf(b) };
  const targets = { a: targetsOf(a), b: targetsOf(b) };
  const series: SeriesRow[] = [];
  let same = 0;
  for (const name of union(stored.a, stored.b)) {
    const [of, to] = [stored.a.get(name), stored.b.get(name)];
    const firstMs = firstDifference(of, to);
    if (firstMs === null) ++same;
    else series.push({ series: name, a: summary(of), b: summary(to), firstMs });
  }
  series.sort((left, right) => left.firstMs - right.firstMs || (left.series < right.series ? -1 : 1));
  return {
    samples: { a: total(stored.a, 'samples'), b: total(stored.b, 'samples') },
    markers: { a: total(stored.a, 'markers'), b: total(stored.b, 'markers') },
    targets: union(targets.a, targets.b).map((target) => {
      const [of, to] = [targets.a.get(target) ?? null, targets.b.get(target) ?? null];
      return { target, a: of, b: to, differs: of?.up !== to?.up || of?.down !== to?.down };
    }),
    series,
    same,
  };
}

/** By series; samples that storage accepted in a transaction that was committed. */
function storedOf(trace: Trace): Map<string, Stored> {
  const { events, scrape } = trace.columns;
  const bySet = new Map<number, Stored>();
  for (let index = 0; index < trace.count; ++index) {
    if (events.kind[index] !== Kind.sampleAppended || events.sub[index] >> 2 !== 0) continue;
    if ((scrape.flags[events.scrape[index]] & ScrapeFlag.committed) === 0) continue;
    const { fields } = trace.event(index);
    let stored = bySet.get(events.set[index]);
    if (!stored) bySet.set(events.set[index], (stored = { samples: 0, markers: 0, times: [], bits: [] }));
    if ((events.sub[index] & 3) === 1) ++stored.markers;
    else ++stored.samples;
    stored.times.push(Number(fields.t_ms));
    stored.bits.push(`${String(fields.value_bits)}${String(fields.histogram)}`);
  }
  return new Map([...bySet].map(([set, stored]) => [seriesText(trace.labels(set)), stored]));
}

function targetsOf(trace: Trace): Map<string, TargetSummary> {
  const targets = new Map<string, TargetSummary>();
  for (const loop of trace.loops) {
    const name = `${loop.pool} ${seriesText(loop.labels)}`;
    const target = targets.get(name) ?? { loops: [], up: 0, down: 0 };
    target.loops.push(loop.id);
    for (const scrape of trace.scrapesOfLoop(loop.id)) {
      if ((trace.columns.scrape.flags[scrape] & ScrapeFlag.finished) === 0) continue;
      if (trace.columns.scrape.error[scrape] === 0) ++target.up;
      else ++target.down;
    }
    targets.set(name, target);
  }
  return targets;
}

function firstDifference(a: Stored | undefined, b: Stored | undefined): number | null {
  const length = Math.max(a?.times.length ?? 0, b?.times.length ?? 0);
  for (let i = 0; i < length; ++i) {
    if (a?.times[i] === b?.times[i] && a?.bits[i] === b?.bits[i]) continue;
    return Math.min(a?.times[i] ?? Infinity, b?.times[i] ?? Infinity);
  }
  return null;
}

function summary(stored: Stored | undefined): SeriesSummary | null {
  return stored ? { samples: stored.samples, markers: stored.markers } : null;
}

function total(stored: Map<string, Stored>, key: 'samples' | 'markers'): number {
  return [...stored.values()].reduce((sum, each) => sum + each[key], 0);
}

function union(a: Map<string, unknown>, b: Map<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort();
}

export interface StripMark {
  /** 0 to 1 of the run. */
  at: number;
  kind: 'ok' | 'bad' | 'marker';
}

/** Marks of the scrapes of these loops, at most one for each of `places`; a failure hides a success, a marker stands beside both. */
export function stripOf(trace: Trace, loops: readonly number[], endNs: number, places: number): StripMark[] {
  const marks = new Map<string, StripMark>();
  const { scrape } = trace.columns;
  for (const loop of loops) {
    for (const row of trace.scrapesOfLoop(loop)) {
      if (Number.isNaN(scrape.started[row])) continue;
      const at = Math.floor((scrape.started[row] / endNs) * places) / places;
      const kind = scrape.error[row] === 0 ? 'ok' : 'bad';
      if (kind === 'bad' || !marks.has(`${at}`)) marks.set(`${at}`, { at, kind });
      if (scrape.markers[row] > 0) marks.set(`${at} marker`, { at, kind: 'marker' });
    }
  }
  return [...marks.values()];
}
