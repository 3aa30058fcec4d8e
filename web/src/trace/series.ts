// SPDX-License-Identifier: Apache-2.0
// The series of a trace with their stored samples: accepted ones of transactions that were committed, as they were
// appended. Secondary storages are not told apart here; the engine's `samples` reads a storage.
import { Kind, kStaleBits, Origin } from './kinds';
import { seriesText } from './labels-text';
import type { Trace } from './trace';

export interface Samples {
  /** ms since 1970, ascending as appended. */
  ms: Float64Array;
  values: Float64Array;
  stale: Uint8Array;
  event: Uint32Array;
  /** Event after which the sample is stored: the end of its transaction. */
  stored: Uint32Array;
}

export interface Series {
  set: number;
  text: string;
  loop: number;
  origin: number;
}

export function floatOfBits(bits: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${bits}`));
  return view.getFloat64(0);
}

/** A value as an exposition writes it; `stale` for a stale marker. */
export function valueText(bits: string): string {
  return bits === kStaleBits ? 'stale' : numberText(floatOfBits(bits));
}

export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

export class SeriesIndex {
  readonly all: readonly Series[];
  private readonly bySet: ReadonlyMap<number, Series>;
  private readonly byLoop = new Map<number, Map<string, number>>();
  private readonly samplesOf = new Map<number, Samples>();

  constructor(private readonly trace: Trace) {
    const { events } = trace.columns;
    const found = new Map<number, Series>();
    for (let index = 0; index < trace.count; ++index) {
      const set = events.set[index];
      if (events.kind[index] !== Kind.sampleAppended || found.has(set)) continue;
      const origin = events.sub[index] & 3;
      found.set(set, { set, text: seriesText(trace.labels(set)), loop: events.loop[index], origin });
    }
    this.bySet = found;
    const rank = (series: Series): number => (series.origin === Origin.report ? 1 : 0);
    this.all = [...found.values()].sort((a, b) => rank(a) - rank(b) || (a.text < b.text ? -1 : 1));
  }

  /** Series with all words in their text, of a target when one is given. */
  find(match: string, loops: ReadonlySet<number> | null): Series[] {
    const words = match.toLowerCase().split(/\s+/).filter(Boolean);
    return this.all.filter((one) => (!loops || loops.has(one.loop)) && words.every((word) => one.text.toLowerCase().includes(word)));
  }

  samples(set: number): Samples {
    let samples = this.samplesOf.get(set);
    if (!samples) {
      samples = this.read(set);
      this.samplesOf.set(set, samples);
    }
    return samples;
  }

  /** The `up` series of a loop; 0: it has none yet. */
  up(loop: number): number {
    return this.all.find((one) => this.isSameTarget(one.loop, loop) && one.origin === Origin.report && one.text.startsWith('up{'))?.set ?? 0;
  }

  /** The series of another target that has the same labels of its own; 0: there is none. */
  counterpart(set: number, loop: number): number {
    const series = this.bySet.get(set);
    if (!series || this.isSameTarget(series.loop, loop)) return set;
    return this.ofLoop(loop).get(this.ownText(series)) ?? 0;
  }

  /** The same series of the same loop in another index of the run; 0: it is not there. */
  setIn(other: SeriesIndex, set: number): number {
    const series = this.bySet.get(set);
    return series ? (other.ofLoop(series.loop).get(this.ownText(series)) ?? 0) : 0;
  }

  /** Without the labels that all series of its target have. */
  ownText(series: Series): string {
    const common = this.trace.loop(series.loop)?.labels ?? {};
    const own = Object.entries(this.trace.labels(series.set)).filter(([name, value]) => common[name] !== value);
    return seriesText(Object.fromEntries(own));
  }

  /** ownText of a series that was appended; null: it never was. */
  shortText(set: number): string | null {
    const series = this.bySet.get(set);
    return series ? this.ownText(series) : null;
  }

  get(set: number): Series | undefined {
    return this.bySet.get(set);
  }

  /** A reload may give a target another loop. */
  private isSameTarget(a: number, b: number): boolean {
    const [one, other] = [this.trace.loop(a), this.trace.loop(b)];
    return a === b || (one !== undefined && one.set === other?.set && one.pool === other.pool);
  }

  private ofLoop(loop: number): Map<string, number> {
    let known = this.byLoop.get(loop);
    if (!known) {
      const own = this.all.filter((one) => this.isSameTarget(one.loop, loop));
      known = new Map(own.map((one) => [this.ownText(one), one.set]));
      this.byLoop.set(loop, known);
    }
    return known;
  }

  /** The series that notation writes so. */
  withText(text: string): Series | undefined {
    return this.all.find((one) => one.text === text);
  }

  /** What is worth a first look: a series that ends with a marker, else one that this loop scraped, or any. */
  first(loop: number): Series | undefined {
    const { events } = this.trace.columns;
    for (let index = 0; index < this.trace.count; ++index) {
      if (events.kind[index] !== Kind.sampleAppended || events.sub[index] !== Origin.staleMarker) continue;
      return this.bySet.get(events.set[index]);
    }
    return this.all.find((one) => one.loop === loop && one.origin === Origin.scraped) ?? this.all[0];
  }

  private read(set: number): Samples {
    const { events } = this.trace.columns;
    const rows: [number, number, number, number, number][] = [];
    for (const event of this.trace.eventsOfSet(set)) {
      if (events.kind[event] !== Kind.sampleAppended || events.sub[event] >> 2 !== 0) continue;
      const { end, committed } = this.trace.transactionOf(event);
      if (!committed) continue;
      const { fields } = this.trace.event(event);
      const bits = String(fields.value_bits);
      const histogram = String(fields.histogram);
      const stale = bits === kStaleBits ? 1 : 0;
      rows.push([Number(fields.t_ms), stale ? NaN : histogram ? countOf(histogram) : floatOfBits(bits), stale, event, end]);
    }
    rows.sort((a, b) => a[0] - b[0] || a[3] - b[3]);
    return {
      ms: Float64Array.from(rows, (row) => row[0]),
      values: Float64Array.from(rows, (row) => row[1]),
      stale: Uint8Array.from(rows, (row) => row[2]),
      event: Uint32Array.from(rows, (row) => row[3]),
      stored: Uint32Array.from(rows, (row) => row[4]),
    };
  }
}

/** A histogram is charted by its count of observations. */
function countOf(histogram: string): number {
  const count = /count:([0-9.e+-]+)/.exec(histogram);
  return count ? Number(count[1]) : NaN;
}
