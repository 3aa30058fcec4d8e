// SPDX-License-Identifier: Apache-2.0
// Bytes of a trace to columns, in one pass: typed arrays that may be handed from the worker to the page without a copy.
// The fields of an event are decoded when somebody looks at it (Trace.event).
import { Kind, kKinds, Origin } from './kinds';
import { Reader, TraceError } from './reader';

/** One row an event. `scrape` and `loop` are 0 where an event has none; `set` is its label set, 0: none. */
export interface EventColumns {
  ns: Float64Array;
  kind: Uint8Array;
  /** Of a sample: origin + 4 x verdict. Of the end of a transaction: 1 when it was committed without an error. */
  sub: Uint8Array;
  loop: Uint32Array;
  scrape: Uint32Array;
  set: Uint32Array;
  /** Of the first field in the bytes. */
  at: Uint32Array;
}

/** One row a scrape, from 1. Times are NaN where the trace has no such moment. */
export interface ScrapeColumns {
  loop: Uint32Array;
  started: Float64Array;
  requested: Float64Array;
  head: Float64Array;
  fetched: Float64Array;
  finished: Float64Array;
  ended: Float64Array;
  late: Float64Array;
  /** Event numbers of its first and last event. */
  first: Uint32Array;
  last: Uint32Array;
  error: Uint8Array;
  flags: Uint8Array;
  samples: Uint32Array;
  markers: Uint32Array;
  refused: Uint32Array;
}

export const ScrapeFlag = { finished: 1, committed: 2, rolledBack: 4, endOfRun: 8, parseFailed: 16, shutdown: 32 } as const;

export interface Columns {
  bytes: Uint8Array;
  count: number;
  events: EventColumns;
  scrapes: number;
  scrape: ScrapeColumns;
  loops: number;
  /** Where a label set's bytes begin and end; set n at n. */
  setFrom: Uint32Array;
  setTo: Uint32Array;
  /** Body by its hash: where it begins and ends. */
  bodies: Map<string, [number, number]>;
  end: number;
}

const kMagic = [0x53, 0x54, 0x4d, 0x4b];
const kVersion = 3;

class Growing {
  values = new Uint32Array(1024);
  length = 1;

  push(value: number): void {
    if (this.length === this.values.length) {
      const more = new Uint32Array(this.length * 2);
      more.set(this.values);
      this.values = more;
    }
    this.values[this.length++] = value;
  }
}

function eventColumns(count: number): EventColumns {
  return {
    ns: new Float64Array(count),
    kind: new Uint8Array(count),
    sub: new Uint8Array(count),
    loop: new Uint32Array(count),
    scrape: new Uint32Array(count),
    set: new Uint32Array(count),
    at: new Uint32Array(count),
  };
}

function scrapeColumns(rows: number): ScrapeColumns {
  const times = (): Float64Array => new Float64Array(rows).fill(NaN);
  return {
    loop: new Uint32Array(rows),
    started: times(),
    requested: times(),
    head: times(),
    fetched: times(),
    finished: times(),
    ended: times(),
    late: new Float64Array(rows),
    first: new Uint32Array(rows).fill(0xffffffff),
    last: new Uint32Array(rows),
    error: new Uint8Array(rows),
    flags: new Uint8Array(rows),
    samples: new Uint32Array(rows),
    markers: new Uint32Array(rows),
    refused: new Uint32Array(rows),
  };
}

/** The pass over the records: what it has found so far. */
class Pass {
  readonly reader: Reader;
  readonly events: EventColumns;
  readonly scrape: ScrapeColumns;
  readonly setFrom = new Growing();
  readonly setTo = new Growing();
  readonly bodies = new Map<string, [number, number]>();
  scrapes = 0;
  loops = 0;

  constructor(
    readonly bytes: Uint8Array,
    count: number,
    scrapes: number,
  ) {
    this.reader = new Reader(bytes, 5);
    this.events = eventColumns(count);
    this.scrape = scrapeColumns(scrapes + 1);
  }

  labels(): number {
    const { reader } = this;
    const set = reader.u64();
    if (set === this.setFrom.length) {
      const length = reader.u64();
      this.setFrom.push(reader.at);
      reader.at += length;
      this.setTo.push(reader.at);
    } else if (set > this.setFrom.length) {
      throw new TraceError(`label set ${set} was never given, at byte ${reader.at}`);
    }
    return set;
  }

  text(): number {
    const length = this.reader.u64();
    this.reader.at += length;
    return length;
  }

  /** Notes what a scrape's event says about its scrape. */
  scrapeEvent(index: number, kind: number, ns: number, scrape: number): void {
    const { reader, scrape: rows, events } = this;
    if (scrape === 0 || scrape >= rows.first.length) return;
    if (rows.first[scrape] === 0xffffffff) rows.first[scrape] = index;
    rows.last[scrape] = index;
    switch (kind) {
      case Kind.requestSent:
        if (Number.isNaN(rows.requested[scrape])) rows.requested[scrape] = ns;
        break;
      case Kind.headReceived:
        rows.head[scrape] = ns;
        break;
      case Kind.fetchFinished:
        this.fetch(scrape, ns);
        break;
      case Kind.seriesCached:
        reader.skip();
        reader.skip();
        reader.at += 1;
        events.set[index] = this.labels();
        break;
      case Kind.sampleAppended:
        this.sample(index, scrape);
        break;
      case Kind.transactionEnded: {
        const committed = this.bytes[reader.at] === 1 && this.bytes[reader.at + 1] === 0;
        rows.ended[scrape] = ns;
        events.sub[index] = committed ? 1 : 0;
        rows.flags[scrape] |= committed ? ScrapeFlag.committed : ScrapeFlag.rolledBack;
        break;
      }
      case Kind.parseFailed:
        rows.flags[scrape] |= ScrapeFlag.parseFailed;
        break;
      case Kind.seriesRefused:
        reader.skip();
        events.set[index] = this.labels();
        rows.refused[scrape] += 1;
        break;
    }
  }

  private fetch(scrape: number, ns: number): void {
    const { reader } = this;
    this.scrape.fetched[scrape] = ns;
    this.text();
    this.text();
    reader.skip();
    const hash = reader.at;
    reader.skip();
    const length = reader.u64();
    if (length > 0) this.bodies.set(new Reader(this.bytes, hash).hex64(), [reader.at, reader.at + length]);
  }

  private sample(index: number, scrape: number): void {
    const { reader, bytes, scrape: rows, events } = this;
    const origin = bytes[reader.at++];
    reader.skip();
    reader.skip();
    events.set[index] = this.labels();
    reader.skip();
    reader.skip();
    const verdict = bytes[reader.at];
    events.sub[index] = origin + 4 * verdict;
    if (verdict !== 0) rows.refused[scrape] += 1;
    else if (origin === Origin.staleMarker) rows.markers[scrape] += 1;
    else if (origin === Origin.scraped) rows.samples[scrape] += 1;
  }

  loopEvent(index: number, kind: number, ns: number, loop: number): void {
    const { reader, scrape: rows, events } = this;
    if (loop > this.loops) this.loops = loop;
    if (kind === Kind.loopStarted) {
      this.text();
      events.set[index] = this.labels();
    }
    if (kind !== Kind.scrapeStarted && kind !== Kind.scrapeFinished && kind !== Kind.endOfRun) return;
    const scrape = reader.u64();
    events.scrape[index] = scrape;
    if (scrape === 0) return;
    if (scrape > this.scrapes) this.scrapes = scrape;
    rows.loop[scrape] = loop;
    if (rows.first[scrape] === 0xffffffff) rows.first[scrape] = index;
    rows.last[scrape] = index;
    if (kind === Kind.scrapeFinished) {
      rows.error[scrape] = this.bytes[reader.at];
      rows.finished[scrape] = ns;
      rows.flags[scrape] |= ScrapeFlag.finished;
      return;
    }
    if (Number.isNaN(rows.started[scrape])) rows.started[scrape] = ns;
    if (kind === Kind.endOfRun) rows.flags[scrape] |= ScrapeFlag.endOfRun;
    else {
      reader.skip();
      rows.late[scrape] = reader.i64();
      if (this.bytes[reader.at] === 1) rows.flags[scrape] |= ScrapeFlag.shutdown;
    }
  }
}

/** What the first field of a kind is: 1 a loop, 2 a scrape. */
const kFirst = new Uint8Array(256);
for (const kind of [Kind.loopStarted, Kind.loopStopped, Kind.endOfRun, Kind.scrapeStarted, Kind.scrapeFinished]) kFirst[kind] = 1;
for (const kind of [Kind.requestSent, Kind.headReceived, Kind.fetchFinished, Kind.seriesCached, Kind.sampleAppended]) kFirst[kind] = 2;
for (const kind of [Kind.transactionEnded, Kind.parseFailed, Kind.seriesRefused]) kFirst[kind] = 2;

/** How many records there are, and the highest number of a scrape: they are numbered from 1 without a gap. */
function countRows(bytes: Uint8Array): { records: number; scrapes: number } {
  const reader = new Reader(bytes, 5);
  let records = 0;
  let scrapes = 0;
  while (reader.at < bytes.length) {
    const size = reader.u64();
    const next = reader.at + size;
    const kind = bytes[reader.at++];
    ++records;
    if (kind === Kind.scrapeStarted || kind === Kind.endOfRun || kind === Kind.transactionEnded) {
      reader.skip();
      if (kind !== Kind.transactionEnded) reader.skip();
      scrapes = Math.max(scrapes, reader.u64());
    }
    reader.at = next;
  }
  if (reader.at !== bytes.length) throw new TraceError(`the trace is cut at byte ${bytes.length}`);
  return { records, scrapes };
}

/** Throws TraceError when the bytes are not a trace of this version. */
export function decodeTrace(bytes: Uint8Array): Columns {
  if (kMagic.some((byte, at) => bytes[at] !== byte)) throw new TraceError('this is not a trace of stalemark');
  if (bytes[4] !== kVersion) throw new TraceError(`found a trace of version ${bytes[4]}, expected version ${kVersion}`);
  const { records: count, scrapes } = countRows(bytes);
  const pass = new Pass(bytes, count, scrapes);
  const { reader, events } = pass;
  let ns = 0;
  for (let index = 0; index < count; ++index) {
    const size = reader.u64();
    const next = reader.at + size;
    const kind = bytes[reader.at++];
    if (kind >= kKinds.length) throw new TraceError(`unknown kind ${kind} of event at byte ${reader.at - 1}`);
    ns += reader.i64();
    events.ns[index] = ns;
    events.kind[index] = kind;
    events.at[index] = reader.at;
    if (kFirst[kind] === 1) {
      const loop = reader.u64();
      events.loop[index] = loop;
      pass.loopEvent(index, kind, ns, loop);
    } else if (kFirst[kind] === 2) {
      const scrape = reader.u64();
      events.scrape[index] = scrape;
      pass.scrapeEvent(index, kind, ns, scrape);
      events.loop[index] = pass.scrape.loop[scrape];
    } else if (kind === Kind.targetRefused) {
      pass.text();
      events.set[index] = pass.labels();
    }
    reader.at = next;
  }
  return {
    bytes,
    count,
    events,
    scrapes: pass.scrapes,
    scrape: pass.scrape,
    loops: pass.loops,
    setFrom: pass.setFrom.values.slice(0, pass.setFrom.length),
    setTo: pass.setTo.values.slice(0, pass.setTo.length),
    bodies: pass.bodies,
    end: ns,
  };
}

/** The buffers to hand over with postMessage. */
export function transferables(columns: Columns): ArrayBuffer[] {
  const arrays = [columns.bytes, columns.setFrom, columns.setTo, ...Object.values(columns.events), ...Object.values(columns.scrape)];
  return arrays.map((array) => (array as Uint8Array).buffer as ArrayBuffer);
}
