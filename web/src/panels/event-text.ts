// SPDX-License-Identifier: Apache-2.0
// Events in words, a line each; runs of the same kind in one line. `glyph` and `tone` go together: a shape and a colour.
import { kErrorKinds, Kind, kLimitErrors, kVerdicts, Origin } from '../trace/kinds';
import { seriesText } from '../trace/labels-text';
import { valueText } from '../trace/series';
import type { Labels, Trace, TraceEvent } from '../trace/trace';
import { durationText } from '../ui/time';

export type Tone = '' | 'ok' | 'bad' | 'stale' | 'info' | 'limit' | 'dim';

export interface Line {
  /** First and last event of the run, and how many. */
  first: number;
  last: number;
  count: number;
  ns: number;
  glyph: string;
  tone: Tone;
  text: string;
}

const number = new Intl.NumberFormat('en');
const many = (count: number, one: string, more = `${one}s`): string => `${number.format(count)} ${count === 1 ? one : more}`;

type Words = [glyph: string, tone: Tone, text: string];

function sizeText(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function sampleWords(event: TraceEvent, count: number): Words {
  const { fields } = event;
  const verdict = Number(fields.verdict);
  if (verdict !== 0) return ['⊘', 'limit', `${count > 1 ? `${many(count, 'append')}: ` : ''}${fields.error || kVerdicts[verdict]}`];
  const origin = Number(fields.origin);
  const series = seriesText(fields.labels as Labels);
  if (origin === Origin.staleMarker) return ['◆', 'stale', count > 1 ? many(count, 'stale marker') : `stale marker: ${series}`];
  const value = fields.histogram ? 'histogram' : valueText(String(fields.value_bits));
  const text = count > 1 ? `${many(count, origin === Origin.report ? 'report sample' : 'sample')} appended` : `${series} ${value}`;
  return origin === Origin.report ? ['▣', 'dim', text] : ['+', 'dim', text];
}

function finishedWords(fields: TraceEvent['fields']): Words {
  const kind = Number(fields.error_kind);
  if (kind === 0) return ['●', 'ok', `up: ${many(Number(fields.samples_scraped), 'sample')} in ${durationText(Number(fields.duration_ns))}`];
  const tone: Tone = kLimitErrors.has(kind) ? 'limit' : 'bad';
  return [tone === 'limit' ? '■' : '✗', tone, `down, ${kErrorKinds[kind].replace('_', ' ')}: ${fields.error}`];
}

function words(trace: Trace, event: TraceEvent, count: number): Words {
  const { fields } = event;
  const error = String(fields.error ?? '');
  switch (event.kind) {
    case Kind.configApplied:
      return error ? ['✗', 'bad', `configuration refused: ${error}`] : ['⟳', 'info', 'configuration applied'];
    case Kind.targetsReceived:
      return ['◎', 'info', `discovery: targets of ${many(Number(fields.jobs), 'job')}`];
    case Kind.poolCreated:
      return error ? ['✗', 'bad', `pool ${fields.pool}: ${error}`] : ['▤', 'info', `pool ${fields.pool} created`];
    case Kind.poolStopped:
      return ['▤', 'info', `pool ${fields.pool} stopped`];
    case Kind.poolSynced:
      return ['▤', 'dim', `${fields.pool}: ${fields.active} active, ${fields.dropped} dropped${fields.failed ? `, ${fields.failed} failed` : ''}`];
    case Kind.targetRefused:
      return error ? ['✗', 'bad', `target refused: ${error}`] : ['⊘', 'dim', count > 1 ? `${many(count, 'target')} dropped by relabelling` : `target dropped: ${seriesText(fields.discovered as Labels)}`];
    case Kind.loopStarted:
      return ['▸', 'info', `loop of ${(fields.labels as Labels).instance ?? fields.url} starts, first scrape in ${durationText(Number(fields.wait_ns))}`];
    case Kind.loopStopped:
      return ['◂', 'info', `loop stops${fields.end_of_run_pending ? ', its stale markers follow' : ''}`];
    case Kind.endOfRun:
      return ['◆', 'stale', fields.abandoned ? 'end of the run: no stale markers after all' : 'end of the run: stale markers for all series'];
    case Kind.scrapeStarted: {
      const late = Number(fields.late_ns);
      return ['·', 'dim', `scrape ${trace.numberOf(event.scrape)}${late ? `, ${durationText(Math.abs(late))} ${late > 0 ? 'late' : 'early'}` : ', on time'}`];
    }
    case Kind.requestSent:
      return ['→', '', `${Number(fields.hop) > 1 ? `request ${fields.hop}: ` : ''}GET ${fields.url}`];
    case Kind.headReceived:
      return ['←', '', String(fields.status)];
    case Kind.fetchFinished:
      return error ? ['✗', 'bad', error] : ['≡', '', `body of ${sizeText(Number(fields.body_bytes))}, ${String(fields.content_type).replace(/;.*$/, '')}`];
    case Kind.seriesCached:
      return ['+', fields.dropped ? 'dim' : 'ok', count > 1 ? `${many(count, 'series', 'series')} new in the cache` : `${fields.dropped ? 'dropped' : 'new'} in the cache: ${seriesText(fields.labels as Labels)}`];
    case Kind.sampleAppended:
      return sampleWords(event, count);
    case Kind.transactionEnded:
      if (error) return ['↺', 'limit', `commit failed: ${error}`];
      return fields.committed ? ['✓', 'ok', 'committed'] : ['↺', 'limit', 'rolled back'];
    case Kind.scrapeFinished:
      return finishedWords(fields);
    case Kind.scenarioEvent:
      return ['⚡', 'bad', String(fields.text)];
    case Kind.parseFailed:
      return ['✗', 'bad', `line ${fields.line}, column ${fields.column}: ${error}`];
    case Kind.choiceMade:
      return ['⚄', 'dim', `drawn: alternative ${Number(fields.picked) + 1} of ${fields.alternatives}`];
    case Kind.eventPlanned:
      return ['⚄', 'dim', `planned: ${fields.text}`];
    default:
      return ['⊘', 'limit', count > 1 ? `${many(count, 'series', 'series')} refused: ${error}` : `${seriesText(fields.labels as Labels)}: ${error}`];
  }
}

const kRuns = new Set<number>([Kind.seriesCached, Kind.sampleAppended, Kind.targetRefused, Kind.seriesRefused, Kind.eventPlanned]);

/** Scraped samples and the cache entries of new series take turns in a body: together they are one run. */
function isTaken(trace: Trace, event: number): boolean {
  const { kind, sub } = trace.columns.events;
  return kind[event] === Kind.seriesCached || (kind[event] === Kind.sampleAppended && sub[event] === 0);
}

function sameRun(trace: Trace, a: number, b: number): boolean {
  const { events } = trace.columns;
  if (events.scrape[a] !== events.scrape[b] || events.ns[a] !== events.ns[b]) return false;
  if (isTaken(trace, a) && isTaken(trace, b)) return true;
  return events.kind[a] === events.kind[b] && kRuns.has(events.kind[a]) && events.sub[a] === events.sub[b];
}

function takenWords(trace: Trace, list: ArrayLike<number> | null, from: number, to: number): Words {
  const { kind } = trace.columns.events;
  let fresh = 0;
  for (let row = from; row <= to; ++row) if (kind[list ? list[row] : row] === Kind.seriesCached) ++fresh;
  const samples = to - from + 1 - fresh;
  if (samples === 0) return ['+', 'dim', `${many(fresh, 'series', 'series')} new in the cache`];
  return ['+', '', `${many(samples, 'sample')} appended${fresh ? `, ${many(fresh, 'series', 'series')} new` : ''}`];
}

function lineOf(trace: Trace, list: ArrayLike<number> | null, from: number, to: number): Line {
  const at = (row: number): number => (list ? list[row] : row);
  const first = at(from);
  const event = trace.event(first);
  const count = to - from + 1;
  const [glyph, tone, text] = count > 1 && isTaken(trace, first) ? takenWords(trace, list, from, to) : words(trace, event, count);
  return { first, last: at(to), count, ns: event.ns, glyph, tone, text };
}

/** Lines around a row of `list` (null: all events), at most so many before and after it. */
export function linesAround(trace: Trace, list: ArrayLike<number> | null, row: number, before: number, after: number): Line[] {
  const length = list ? list.length : trace.count;
  const at = (index: number): number => (list ? list[index] : index);
  const lines: Line[] = [];
  let to = row;
  while (to + 1 < length && row >= 0 && sameRun(trace, at(row), at(to + 1))) ++to;
  for (let end = Math.min(to, length - 1); end >= 0 && lines.length <= before; ) {
    let start = end;
    while (start > 0 && sameRun(trace, at(start - 1), at(end))) --start;
    lines.unshift(lineOf(trace, list, start, end));
    end = start - 1;
  }
  const start = lines.length;
  for (let from = to + 1; from < length && lines.length - start < after; ) {
    let end = from;
    while (end + 1 < length && sameRun(trace, at(from), at(end + 1))) ++end;
    lines.push(lineOf(trace, list, from, end));
    from = end + 1;
  }
  return lines;
}
