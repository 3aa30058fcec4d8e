// SPDX-License-Identifier: Apache-2.0
// A decoded trace: columns, lazily decoded events, and the indexes by scrape, loop and label set.
import { ScrapeFlag, type Columns } from './decode';
import { Kind, kKinds } from './kinds';
import { decodeLabels, Reader } from './reader';

export type Labels = Record<string, string>;

/** An event with its fields decoded. u64 and i64 are numbers; value_bits and body_hash are 16 hex digits. */
export interface TraceEvent {
  index: number;
  ns: number;
  kind: number;
  name: string;
  loop: number;
  scrape: number;
  fields: Record<string, string | number | boolean | Labels | null>;
}

/** Rows of a table grouped by a key: those of key k are list[from[k]] to list[from[k + 1] - 1], in order. */
export interface Groups {
  from: Uint32Array;
  list: Uint32Array;
}

export function groupBy(keys: ArrayLike<number>, groups: number): Groups {
  const from = new Uint32Array(groups + 2);
  for (let i = 0; i < keys.length; ++i) from[keys[i] + 1] += 1;
  for (let k = 0; k <= groups; ++k) from[k + 1] += from[k];
  const next = from.slice();
  const list = new Uint32Array(keys.length);
  for (let i = 0; i < keys.length; ++i) list[next[keys[i]]++] = i;
  return { from, list };
}

export function groupOf(groups: Groups, key: number): Uint32Array {
  if (key < 0 || key + 1 >= groups.from.length) return new Uint32Array();
  return groups.list.subarray(groups.from[key], groups.from[key + 1]);
}

export interface Loop {
  id: number;
  pool: string;
  labels: Labels;
  set: number;
  url: string;
  /** host:port of the URL. */
  address: string;
  intervalNs: number;
  timeoutNs: number;
  waitNs: number;
  startedNs: number;
  /** NaN while it lives at the end of the trace. */
  stoppedNs: number;
}

/** First index in sorted `values` whose value is > `value`. */
export function upperBound(values: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function lowerBound(values: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class Trace {
  readonly count: number;
  readonly loops: Loop[] = [];
  private readonly labelsOf = new Map<number, Labels>();
  private byScrape?: Groups;
  private byLoop?: Groups;
  private bySet?: Groups;
  private scrapesByLoop?: Groups;
  private ends?: Map<number, number[]>;
  private numbers?: Uint32Array;

  constructor(readonly columns: Columns) {
    this.count = columns.count;
    this.readLoops();
  }

  event(index: number): TraceEvent {
    const { events, bytes } = this.columns;
    const kind = events.kind[index];
    const reader = new Reader(bytes, events.at[index]);
    const fields: TraceEvent['fields'] = {};
    for (const [name, type] of kKinds[kind].fields) {
      switch (type) {
        case 'u':
          fields[name] = reader.u64();
          break;
        case 'i':
          fields[name] = reader.i64();
          break;
        case 'h':
          fields[name] = reader.hex64();
          break;
        case 's':
          fields[name] = bytes[reader.at++];
          break;
        case 'b':
          fields[name] = bytes[reader.at++] === 1;
          break;
        case 't':
          fields[name] = reader.text();
          break;
        case 'l':
          fields[name] = this.labels(events.set[index]);
          this.passLabels(reader);
          break;
      }
    }
    return {
      index,
      ns: events.ns[index],
      kind,
      name: kKinds[kind].name,
      loop: events.loop[index],
      scrape: events.scrape[index],
      fields,
    };
  }

  labels(set: number): Labels {
    let labels = this.labelsOf.get(set);
    if (!labels) {
      const { bytes, setFrom, setTo } = this.columns;
      labels = set > 0 ? decodeLabels(bytes.subarray(setFrom[set], setTo[set])) : {};
      this.labelsOf.set(set, labels);
    }
    return labels;
  }

  get sets(): number {
    return this.columns.setFrom.length - 1;
  }

  /** The body with this hash; empty when the trace has none. */
  body(hash: string): Uint8Array {
    const range = this.columns.bodies.get(hash);
    return range ? this.columns.bytes.subarray(range[0], range[1]) : new Uint8Array();
  }

  /** Events of a scrape, of a loop (its scrapes' included), of a label set. */
  eventsOfScrape(scrape: number): Uint32Array {
    this.byScrape ??= groupBy(this.columns.events.scrape, this.columns.scrapes);
    return groupOf(this.byScrape, scrape);
  }

  eventsOfLoop(loop: number): Uint32Array {
    this.byLoop ??= groupBy(this.columns.events.loop, this.columns.loops);
    return groupOf(this.byLoop, loop);
  }

  eventsOfSet(set: number): Uint32Array {
    this.bySet ??= groupBy(this.columns.events.set, this.sets);
    return groupOf(this.bySet, set);
  }

  /**
   * The event that ended the transaction an append belongs to, and whether it is stored: a scrape that fails rolls one
   * back and commits another with its report. -1: the transaction is open at the end of the trace.
   */
  transactionOf(append: number): { end: number; committed: boolean } {
    this.ends ??= this.collectEnds();
    const ends = this.ends.get(this.columns.events.scrape[append]) ?? [];
    const end = ends.find((one) => one > append) ?? -1;
    return { end, committed: end >= 0 && this.columns.events.sub[end] === 1 };
  }

  /** Numbers of a loop's scrapes, in the order of their start. */
  scrapesOfLoop(loop: number): Uint32Array {
    const { scrape, scrapes, loops } = this.columns;
    this.scrapesByLoop ??= groupBy(scrape.loop.subarray(0, scrapes + 1), loops);
    const group = groupOf(this.scrapesByLoop, loop);
    return loop === 0 ? group.subarray(1) : group;
  }

  /** Of a scrape among those of its target, from 1, as explanations count: of all loops with its pool and labels. 0: the end of run. */
  numberOf(scrape: number): number {
    this.numbers ??= this.countScrapes();
    return this.numbers[scrape] ?? 0;
  }

  /** The last event at or before the instant; -1: none. */
  lastAt(ns: number): number {
    return upperBound(this.columns.events.ns, ns) - 1;
  }

  /** Wall clock of the start in ms since 1970, from the first scrape; 0 without a scrape. */
  startMs(): number {
    for (let index = 0; index < this.count; ++index) {
      if (this.columns.events.kind[index] !== Kind.scrapeStarted) continue;
      const { ns, fields } = this.event(index);
      return Number(fields.t_ms) + Math.ceil((Number(fields.late_ns) - ns) / 1e6);
    }
    return 0;
  }

  loop(id: number): Loop | undefined {
    return this.loops[id - 1];
  }

  private countScrapes(): Uint32Array {
    const { scrape, scrapes } = this.columns;
    const numbers = new Uint32Array(scrapes + 1);
    const counts = new Map<string, number>();
    for (let row = 1; row <= scrapes; ++row) {
      const loop = this.loop(scrape.loop[row]);
      if (!loop || (scrape.flags[row] & ScrapeFlag.endOfRun) !== 0) continue;
      const target = `${loop.set} ${loop.pool}`;
      numbers[row] = (counts.get(target) ?? 0) + 1;
      counts.set(target, numbers[row]);
    }
    return numbers;
  }

  private collectEnds(): Map<number, number[]> {
    const { kind, scrape } = this.columns.events;
    const ends = new Map<number, number[]>();
    for (let event = 0; event < this.count; ++event) {
      if (kind[event] !== Kind.transactionEnded) continue;
      const of = ends.get(scrape[event]);
      if (of) of.push(event);
      else ends.set(scrape[event], [event]);
    }
    return ends;
  }

  private passLabels(reader: Reader): void {
    const set = reader.u64();
    if (set > 0 && this.columns.setFrom[set] > reader.at && this.columns.setFrom[set] <= reader.at + 10) {
      const length = reader.u64();
      reader.at += length;
    }
  }

  private readLoops(): void {
    const { events } = this.columns;
    for (let index = 0; index < this.count; ++index) {
      const kind = events.kind[index];
      if (kind === Kind.loopStopped) {
        const loop = this.loops[events.loop[index] - 1];
        if (loop) loop.stoppedNs = events.ns[index];
      }
      if (kind !== Kind.loopStarted) continue;
      const { fields, loop: id, ns } = this.event(index);
      const url = String(fields.url);
      this.loops[id - 1] = {
        id,
        pool: String(fields.pool),
        labels: fields.labels as Labels,
        set: events.set[index],
        url,
        address: url.replace(/^\w+:\/\//, '').replace(/[/?].*$/, ''),
        intervalNs: Number(fields.interval_ns),
        timeoutNs: Number(fields.timeout_ns),
        waitNs: Number(fields.wait_ns),
        startedNs: ns,
        stoppedNs: NaN,
      };
    }
  }
}
