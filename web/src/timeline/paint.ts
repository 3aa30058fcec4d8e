// SPDX-License-Identifier: Apache-2.0
// Paints lanes, bands, flags, ruler and overview. Each kind of mark has its own shape: bar scraped, cross failed,
// square a limit, diamond stale marker, ring rolled back. Time is ns, x is CSS pixels.
import { lowerBound, upperBound, type Trace } from '../trace/trace';
import { ScrapeFlag } from '../trace/decode';
import type { Lane, Marks, Outside } from './lanes';
import { kHeadHeight, type Row } from './layout';
import { ticks, tickStep, tickText } from './ruler';

export interface Colours {
  panel: string;
  raise: string;
  line: string;
  text: string;
  dim: string;
  ok: string;
  okDim: string;
  bad: string;
  stale: string;
  info: string;
  limit: string;
  fault: string;
  mono: string;
}

export function readColours(of: Element): Colours {
  const style = getComputedStyle(of);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  return {
    panel: value('--panel'),
    raise: value('--raise'),
    line: value('--line'),
    text: value('--text'),
    dim: value('--dim'),
    ok: value('--ok'),
    okDim: value('--ok-dim'),
    bad: value('--bad'),
    stale: value('--stale'),
    info: value('--info'),
    limit: value('--limit'),
    fault: value('--fault'),
    mono: value('--mono'),
  };
}

export interface Scene {
  trace: Trace;
  rows: Row[];
  outside: Outside;
  startMs: number;
  from: number;
  to: number;
  /** Left edge and width of the time area, whole height of the canvas, how far the rows are scrolled. */
  left: number;
  width: number;
  height: number;
  scroll: number;
  colours: Colours;
}

type Pen = CanvasRenderingContext2D;

export function xOf(scene: Scene, ns: number): number {
  return scene.left + ((ns - scene.from) / (scene.to - scene.from)) * scene.width;
}

export function nsOf(scene: Scene, x: number): number {
  return scene.from + ((x - scene.left) / scene.width) * (scene.to - scene.from);
}

/** Calls `draw` for marks in sight, at most one in `pitch` pixels. */
function eachMark(scene: Scene, marks: Marks, pitch: number, draw: (x: number, row: number) => void): void {
  const perPixel = (scene.to - scene.from) / scene.width;
  let at = lowerBound(marks.ns, scene.from - 8 * perPixel);
  while (at < marks.ns.length && marks.ns[at] <= scene.to + 8 * perPixel) {
    draw(xOf(scene, marks.ns[at]), marks.row[at]);
    const next = marks.ns[at] + pitch * perPixel;
    ++at;
    if (at < marks.ns.length && marks.ns[at] < next) at = lowerBound(marks.ns, next);
  }
}

export function cross(pen: Pen, x: number, y: number, size: number): void {
  pen.moveTo(x - size, y - size);
  pen.lineTo(x + size, y + size);
  pen.moveTo(x + size, y - size);
  pen.lineTo(x - size, y + size);
}

export function diamond(pen: Pen, x: number, y: number, size: number): void {
  pen.moveTo(x, y - size);
  pen.lineTo(x + size, y);
  pen.lineTo(x, y + size);
  pen.lineTo(x - size, y);
  pen.closePath();
}

interface Phase {
  name: string;
  from: number;
  to: number;
  colour: string;
}

/** The phases of a scrape that have a length, as far as the trace tells. */
export function phasesOf(trace: Trace, row: number, colours: Pick<Colours, 'info' | 'okDim' | 'ok' | 'limit'>): Phase[] {
  const { scrape, end } = trace.columns;
  const moments: [string, number, string][] = [
    ['connecting', scrape.started[row], colours.info],
    ['first byte', scrape.requested[row], colours.okDim],
    ['body', scrape.head[row], colours.ok],
    ['parse and append', scrape.fetched[row], colours.ok],
    ['commit', scrape.finished[row], colours.limit],
  ];
  const over = Number.isNaN(scrape.ended[row]) ? (Number.isNaN(scrape.finished[row]) ? end : scrape.finished[row]) : scrape.ended[row];
  const there = moments.filter(([, at]) => !Number.isNaN(at));
  return there
    .map(([name, from, colour], at) => ({ name, from, to: at + 1 < there.length ? there[at + 1][1] : Math.max(over, from), colour }))
    .filter((phase) => phase.to > phase.from);
}

function paintSpans(pen: Pen, scene: Scene, lane: Lane, base: number): void {
  const { trace, colours } = scene;
  const perPixel = (scene.to - scene.from) / scene.width;
  let at = lowerBound(lane.scrapes.ns, scene.from - lane.longest);
  for (; at < lane.scrapes.ns.length && lane.scrapes.ns[at] <= scene.to; ++at) {
    const row = lane.scrapes.row[at];
    if (lane.ends[at] < scene.from || lane.ends[at] - lane.scrapes.ns[at] < 3 * perPixel) {
      // Too short to show: skip all that begin in the same pixel.
      const next = lowerBound(lane.scrapes.ns, lane.scrapes.ns[at] + perPixel);
      if (next > at + 1 && lane.longest < 3 * perPixel) at = next - 1;
      continue;
    }
    for (const phase of phasesOf(trace, row, colours)) {
      const x = Math.max(xOf(scene, phase.from), scene.left - 4);
      const width = Math.min(xOf(scene, phase.to), scene.left + scene.width + 4) - x;
      if (width <= 0) continue;
      pen.globalAlpha = phase.name === 'body' ? 0.55 : phase.name === 'first byte' ? 1 : 0.6;
      pen.fillStyle = phase.colour;
      pen.fillRect(x, base - 11, Math.max(width, 1), 11);
      pen.globalAlpha = 1;
      if (width > 70) {
        pen.fillStyle = colours.text;
        pen.fillText(phase.name, x + 6, base - 2, width - 10);
      }
    }
  }
}

/** Where a row's marks stand: the line below them, and their middle. */
function baseOf(row: Row, y: number): { base: number; mid: number } {
  const base = y + row.height - (row.height >= 24 ? 8 : 5);
  return { base, mid: base - 4 };
}

function paintLane(pen: Pen, scene: Scene, lane: Lane, row: Row, y: number): void {
  const { colours } = scene;
  const { base, mid } = baseOf(row, y);
  for (const loop of lane.loops) {
    const from = xOf(scene, Math.max(loop.startedNs, scene.from));
    const to = xOf(scene, Math.min(Number.isNaN(loop.stoppedNs) ? scene.to : loop.stoppedNs, scene.to));
    if (to <= from) continue;
    pen.fillStyle = colours.line;
    pen.fillRect(from, base, to - from, 1);
  }
  paintSpans(pen, scene, lane, base);
  pen.fillStyle = colours.ok;
  eachMark(scene, lane.fine, 4, (x) => pen.fillRect(Math.round(x) - 1, mid - 4, 3, 8));
}

/** What is out of the ordinary; above the scrapes of all lanes of a row. */
function paintTroubles(pen: Pen, scene: Scene, lane: Lane, row: Row, y: number): void {
  const { colours } = scene;
  const { mid } = baseOf(row, y);
  pen.strokeStyle = colours.bad;
  pen.lineWidth = 2;
  pen.beginPath();
  eachMark(scene, lane.failed, 5, (x) => cross(pen, x, mid, 3.5));
  pen.stroke();
  pen.fillStyle = colours.limit;
  eachMark(scene, lane.limited, 6, (x) => {
    pen.fillRect(x - 4, mid - 4, 8, 8);
    pen.clearRect(x - 2, mid - 1, 4, 2);
  });
  pen.strokeStyle = colours.limit;
  pen.lineWidth = 1.5;
  eachMark(scene, lane.rolledBack, 6, (x) => {
    pen.beginPath();
    pen.arc(x, mid, 4, 0.6, 2 * Math.PI - 0.3);
    pen.stroke();
  });
  pen.fillStyle = colours.stale;
  pen.beginPath();
  const high = row.height >= 24 ? mid - 10 : mid - 6;
  eachMark(scene, lane.stale, 5, (x) => diamond(pen, x, high, row.height >= 24 ? 4 : 3.5));
  pen.fill();
}

/** What lasts at the server: a strip above all lanes, with its words in it. */
function paintServerBand(pen: Pen, scene: Scene, text: string, x: number, to: number): void {
  pen.fillStyle = scene.colours.fault;
  pen.fillRect(x, kHeadHeight, to - x, 3);
  pen.fillStyle = scene.colours.bad;
  pen.fillRect(x, kHeadHeight, to - x, 1);
  pen.fillText(text.replace(', for ', ' · '), x + 6, kHeadHeight + 14, Math.max(scene.left + scene.width - x - 8, 1));
}

function paintBands(pen: Pen, scene: Scene): void {
  const { colours, outside } = scene;
  for (const band of outside.bands) {
    if (band.to < scene.from || band.from > scene.to) continue;
    const x = Math.max(xOf(scene, band.from), scene.left);
    const to = Math.min(Math.max(xOf(scene, band.to), x + 4), scene.left + scene.width);
    if (!band.address) paintServerBand(pen, scene, band.text, x, to);
    if (band.mild) continue;
    const rows = scene.rows.filter((row) => row.kind === 'lane' && (!band.address || row.lanes[0].address === band.address));
    rows.forEach((row, index) => {
      const y = kHeadHeight + row.top - scene.scroll;
      pen.fillStyle = colours.fault;
      pen.fillRect(x, y + 1, to - x, row.height - 2);
      if (row.height < 24 || !band.address || index > 0 || to + 8 > scene.left + scene.width) return;
      pen.fillStyle = colours.bad;
      pen.fillText(band.text.replace(', for ', ' · '), to + 6, y + 10, 260);
    });
  }
}

function paintFlags(pen: Pen, scene: Scene): void {
  let free = -Infinity;
  for (const flag of scene.outside.flags) {
    if (flag.ns < scene.from || flag.ns > scene.to) continue;
    const x = Math.round(xOf(scene, flag.ns)) + 0.5;
    const colour = flag.failed ? scene.colours.bad : scene.colours.info;
    pen.strokeStyle = colour;
    pen.lineWidth = 1;
    pen.setLineDash([3, 3]);
    pen.beginPath();
    pen.moveTo(x, 44);
    pen.lineTo(x, scene.height);
    pen.stroke();
    pen.setLineDash([]);
    const width = pen.measureText(flag.text).width;
    if (x + 4 < free) continue;
    const fits = x + 6 + width < scene.left + scene.width;
    pen.fillStyle = colour;
    pen.fillText(flag.text, fits ? x + 5 : x - 5 - width, 56);
    free = x + width + 14;
  }
}

function paintRuler(pen: Pen, scene: Scene): void {
  const { colours } = scene;
  const step = tickStep((scene.to - scene.from) / scene.width, 92);
  for (const ns of ticks(scene.startMs, scene.from, scene.to, step)) {
    const x = Math.round(xOf(scene, ns));
    pen.fillStyle = colours.line;
    pen.fillRect(x, 30, 1, 8);
    pen.fillStyle = colours.dim;
    if (x + 40 < scene.left + scene.width) pen.fillText(tickText(scene.startMs, ns, step), x + 4, 38);
  }
}

/** How far scrapes began off the time their samples carry: a bar each, 2 ms and more are full height. */
function paintAlignment(pen: Pen, scene: Scene): void {
  const { late } = scene.trace.columns.scrape;
  pen.fillStyle = scene.colours.info;
  for (const row of scene.rows) {
    for (const lane of row.lanes) {
      eachMark(scene, lane.scrapes, 2, (x, scrape) => {
        const size = Math.min(Math.abs(late[scrape]) / 2e6, 1) * 8;
        if (size >= 0.5) pen.fillRect(Math.round(x), 48 - size, 2, size);
      });
    }
  }
}

export function paintScene(pen: Pen, scene: Scene): void {
  const { colours, left, width, height } = scene;
  pen.font = `11px ${colours.mono}`;
  pen.save();
  pen.beginPath();
  pen.rect(left - 5, kHeadHeight, width + 10, height - kHeadHeight);
  pen.clip();
  paintBands(pen, scene);
  for (const row of scene.rows) {
    const y = kHeadHeight + row.top - scene.scroll;
    if (y + row.height < kHeadHeight || y > height) continue;
    if (row.kind === 'pool') {
      pen.fillStyle = colours.line;
      pen.fillRect(left, y, width, 1);
    }
    for (const lane of row.lanes) paintLane(pen, scene, lane, row, y);
    for (const lane of row.lanes) paintTroubles(pen, scene, lane, row, y);
  }
  pen.restore();
  pen.save();
  pen.beginPath();
  pen.rect(left - 5, 24, width + 10, height);
  pen.clip();
  paintRuler(pen, scene);
  paintAlignment(pen, scene);
  paintFlags(pen, scene);
  pen.restore();
}

/** The whole run in one strip: how many scrapes, and where some fail. `end`: its last instant. */
export function paintOverview(pen: Pen, scene: Scene, lanes: readonly Lane[], end: number): void {
  const { colours, left, width } = scene;
  pen.fillStyle = colours.raise;
  pen.beginPath();
  pen.roundRect(left, 8, width, 14, 3);
  pen.fill();
  const whole = { ...scene, from: 0, to: end };
  const strip = (pick: (lane: Lane) => Marks, colour: string, pitch: number, top: number, tall: number): void => {
    pen.fillStyle = colour;
    for (const lane of lanes) eachMark(whole, pick(lane), pitch, (x) => pen.fillRect(Math.round(x), top, 2, tall));
  };
  strip((lane) => lane.fine, colours.okDim, 2, 12, 6);
  strip((lane) => lane.limited, colours.limit, 2, 11, 8);
  strip((lane) => lane.failed, colours.bad, 2, 11, 8);
  strip((lane) => lane.stale, colours.stale, 2, 9, 2);
  const from = left + (scene.from / end) * width;
  const to = left + (scene.to / end) * width;
  pen.strokeStyle = colours.info;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.roundRect(from + 0.5, 8.5, Math.max(to - from - 1, 3), 13, 3);
  pen.stroke();
}

/** The scrape under the pointer: one that lasts there, else the nearest within 6 pixels. */
export function scrapeNear(scene: Scene, lane: Lane, x: number): number {
  const ns = nsOf(scene, x);
  const reach = (6 * (scene.to - scene.from)) / scene.width;
  const last = upperBound(lane.scrapes.ns, ns + reach) - 1;
  let best = 0;
  let distance = Infinity;
  for (let at = last; at >= 0 && at > last - 50; --at) {
    if (lane.scrapes.ns[at] < ns - lane.longest - reach) break;
    const from = lane.scrapes.ns[at];
    const to = lane.ends[at];
    const away = ns < from ? from - ns : ns > to ? ns - to : 0;
    if (away < distance && away <= reach) {
      distance = away;
      best = lane.scrapes.row[at];
    }
  }
  return best;
}

export const isEndOfRun = (trace: Trace, row: number): boolean => (trace.columns.scrape.flags[row] & ScrapeFlag.endOfRun) !== 0;
