// SPDX-License-Identifier: Apache-2.0
// What is drawn of a trace: pools, a lane for each target, and in each lane its marks by kind, sorted by time. Painting
// jumps from mark to mark by binary search, so that a million events cost no more than a lane's pixels.
import { Kind, kLimitErrors } from '../trace/kinds';
import { ScrapeFlag } from '../trace/decode';
import { upperBound, type Loop, type Trace } from '../trace/trace';

/** Sorted by time; `row` is the scrape's number. */
export interface Marks {
  ns: Float64Array;
  row: Uint32Array;
}

export interface Lane {
  key: string;
  name: string;
  pool: string;
  address: string;
  /** Those that scraped this target, one after the other: a reload may replace a loop. */
  loops: Loop[];
  scrapes: Marks;
  ends: Float64Array;
  fine: Marks;
  failed: Marks;
  limited: Marks;
  stale: Marks;
  rolledBack: Marks;
  /** The longest scrape: how far before an instant one may have begun that still lasts. */
  longest: number;
}

export interface Pool {
  name: string;
  lanes: Lane[];
}

function marksOf(rows: number[], time: (row: number) => number): Marks {
  const sorted = Uint32Array.from(rows);
  // Most often they are in order already: scrapes are numbered as they begin.
  if (rows.some((row, at) => at > 0 && time(rows[at - 1]) > time(row))) sorted.sort((a, b) => time(a) - time(b) || a - b);
  return { ns: Float64Array.from(sorted, time), row: sorted };
}

/** When a scrape is over; of one that the trace's end cuts off: the end. */
export function scrapeEnd(trace: Trace, row: number): number {
  const { scrape, end } = trace.columns;
  if (!Number.isNaN(scrape.ended[row])) return Math.max(scrape.ended[row], scrape.finished[row] || 0);
  return Number.isNaN(scrape.finished[row]) ? end : scrape.finished[row];
}

function makeLane(trace: Trace, key: string, loops: Loop[]): Lane {
  const { scrape } = trace.columns;
  const rows = loops.flatMap((loop) => [...trace.scrapesOfLoop(loop.id)]);
  const started = (row: number): number => scrape.started[row];
  const ended = (row: number): number => (Number.isNaN(scrape.finished[row]) ? scrapeEnd(trace, row) : scrape.finished[row]);
  const of = (test: (row: number) => boolean, time = started): Marks => marksOf(rows.filter(test), time);
  const isEnd = (row: number): boolean => (scrape.flags[row] & ScrapeFlag.endOfRun) !== 0;
  const isLimit = (row: number): boolean => kLimitErrors.has(scrape.error[row]);
  const isRolledBack = (row: number): boolean => (scrape.flags[row] & ScrapeFlag.rolledBack) !== 0 && scrape.error[row] === 0;
  const scrapes = of(() => true);
  const last = loops[loops.length - 1];
  let longest = 0;
  for (const row of rows) longest = Math.max(longest, scrapeEnd(trace, row) - scrape.started[row]);
  return {
    key,
    name: last.labels.instance ?? last.address,
    pool: last.pool,
    address: last.address,
    loops,
    scrapes,
    ends: Float64Array.from(scrapes.row, (row) => scrapeEnd(trace, row)),
    fine: of((row) => scrape.error[row] === 0 && !isEnd(row) && !isRolledBack(row)),
    failed: of((row) => scrape.error[row] !== 0 && !isLimit(row), ended),
    limited: of(isLimit, ended),
    stale: of((row) => scrape.markers[row] > 0, ended),
    rolledBack: of(isRolledBack, ended),
    longest,
  };
}

/** One model a trace: several panels ask for it. */
const kPools = new WeakMap<Trace, Pool[]>();
const kOutside = new WeakMap<Trace, Outside>();

/** Pools by name; lanes by name within. */
export function poolsOf(trace: Trace): Pool[] {
  let pools = kPools.get(trace);
  if (!pools) kPools.set(trace, (pools = makePools(trace)));
  return pools;
}

/** `endNs`: the end of the run, where faults end that nothing ended. */
export function outsideOf(trace: Trace, endNs: number): Outside {
  let outside = kOutside.get(trace);
  if (!outside) kOutside.set(trace, (outside = readOutside(trace, endNs)));
  return outside;
}

function makePools(trace: Trace): Pool[] {
  const lanes = new Map<string, Loop[]>();
  for (const loop of trace.loops) {
    if (!loop) continue;
    const key = `${loop.pool}\n${loop.set}\n${loop.url}`;
    const known = lanes.get(key);
    if (known) known.push(loop);
    else lanes.set(key, [loop]);
  }
  const pools = new Map<string, Lane[]>();
  for (const [key, loops] of lanes) {
    const lane = makeLane(trace, key, loops);
    pools.set(lane.pool, [...(pools.get(lane.pool) ?? []), lane]);
  }
  const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name, 'en', { numeric: true });
  return [...pools].map(([name, of]) => ({ name, lanes: of.sort(byName) })).sort(byName);
}

/** The lane's loop at an instant: the one that lives, else the nearest before, else the first. */
export function loopAt(lane: Lane, ns: number): Loop {
  return lane.loops.findLast((loop) => loop.startedNs <= ns) ?? lane.loops[0];
}

export function laneOfLoop(pools: readonly Pool[], loop: number): Lane | undefined {
  for (const pool of pools) {
    const lane = pool.lanes.find((one) => one.loops.some((own) => own.id === loop));
    if (lane) return lane;
  }
  return undefined;
}

export type Health = 'up' | 'down' | 'unknown' | 'gone';

/** What the last scrape that was over at the instant said. */
export function healthAt(trace: Trace, lane: Lane, ns: number): Health {
  const loop = loopAt(lane, ns);
  if (loop.startedNs > ns || loop.stoppedNs <= ns) return 'gone';
  const { scrape } = trace.columns;
  for (let at = upperBound(lane.scrapes.ns, ns) - 1; at >= 0; --at) {
    const row = lane.scrapes.row[at];
    if (scrape.loop[row] !== loop.id) break;
    if (scrape.finished[row] <= ns && (scrape.flags[row] & ScrapeFlag.endOfRun) === 0) return scrape.error[row] === 0 ? 'up' : 'down';
  }
  return 'unknown';
}

export interface Band {
  from: number;
  to: number;
  text: string;
  /** host:port of the exporter; empty: the server, all lanes. */
  address: string;
  event: number;
  /** Clock and timers: nothing fails by it alone, lanes are not tinted. */
  mild: boolean;
}

/** A change from outside: targets, configuration, clock. */
export interface Flag {
  ns: number;
  text: string;
  event: number;
  failed: boolean;
}

export interface Outside {
  bands: Band[];
  flags: Flag[];
}

const kOver = /^over: /;
const kAddress = /^([^\s:]+:\d+|\[[^\]]+\]:\d+): (.*)$/;
const kMild = /^(timers are|the wall clock drifts)/;
const kLasts = /^(timers are|the wall clock drifts|the process stands|commits|appends)/;

/** Faults as bands, changes as flags, from the events that the scenario caused. */
function readOutside(trace: Trace, endNs: number): Outside {
  const bands: Band[] = [];
  const flags: Flag[] = [];
  const { events } = trace.columns;
  for (let event = 0; event < trace.count; ++event) {
    const kind = events.kind[event];
    const ns = events.ns[event];
    if (kind === Kind.configApplied && ns > 0) {
      const error = String(trace.event(event).fields.error);
      flags.push({ ns, text: error ? 'reload failed' : 'reload applied', event, failed: error !== '' });
    }
    if (kind !== Kind.scenarioEvent) continue;
    const text = String(trace.event(event).fields.text);
    if (kOver.test(text)) {
      const what = text.replace(kOver, '');
      const open = bands.findLast((band) => band.to === endNs && labelOf(band) === what);
      if (open) open.to = ns;
      continue;
    }
    const exporter = kAddress.exec(text);
    if (!exporter && !kLasts.test(text)) {
      flags.push({ ns, text: shortFlag(text), event, failed: false });
      continue;
    }
    const what = exporter ? exporter[2] : text;
    const once = /, requests? \d/.test(what);
    bands.push({ from: ns, to: once ? ns : endNs, text: what.replace(/, requests? .*$/, ''), address: exporter?.[1] ?? '', event, mild: kMild.test(what) });
  }
  return { bands, flags };
}

function labelOf(band: Band): string {
  const text = band.text.replace(/, for [0-9a-zµ.]+$/, '');
  return band.address ? `${band.address}: ${text}` : text;
}

function shortFlag(text: string): string {
  if (text.startsWith('discovery finds')) return 'targets changed';
  return text.replace('the wall clock steps by', 'clock');
}
