// SPDX-License-Identifier: Apache-2.0
// Where a step leads: the events of a trace that count as a scrape, a fault or a failure, sorted, over all or of a lane.
import { Kind } from '../trace/kinds';
import { groupBy, groupOf, lowerBound, upperBound, type Groups, type Trace } from '../trace/trace';
import { ScrapeFlag } from '../trace/decode';

export type StepKind = 'event' | 'scrape' | 'fault' | 'failure' | 'marker';

/** Kinds of which something changes from outside, or fails. */
const kFaultKinds = new Set<number>([Kind.scenarioEvent, Kind.configApplied, Kind.parseFailed, Kind.targetRefused]);

export class Steps {
  private readonly lists = new Map<StepKind, Uint32Array>();
  private readonly lanes = new Map<StepKind, Groups>();

  /** `failures`: instants at which an expectation fails. */
  constructor(
    private readonly trace: Trace,
    private readonly failures: readonly number[],
  ) {}

  /** The event to go to from `event` (-1: before the first) in this direction; null: there is none. */
  next(kind: StepKind, direction: 1 | -1, event: number, loop = 0): number | null {
    if (kind === 'event' && loop === 0) {
      const to = event + direction;
      return to >= 0 && to < this.trace.count ? to : null;
    }
    const list = this.list(kind, loop);
    const at = direction === 1 ? upperBound(list, event) : lowerBound(list, event) - 1;
    return at >= 0 && at < list.length ? list[at] : null;
  }

  private list(kind: StepKind, loop: number): Uint32Array {
    if (kind === 'event') return this.trace.eventsOfLoop(loop);
    let all = this.lists.get(kind);
    if (!all) {
      all = this.collect(kind);
      this.lists.set(kind, all);
    }
    if (loop === 0 || kind === 'failure') return all;
    let groups = this.lanes.get(kind);
    if (!groups) {
      const { events, loops } = this.trace.columns;
      const keys = all.map((event) => events.loop[event]);
      const rows = groupBy(keys, loops);
      groups = { from: rows.from, list: rows.list.map((row) => all[row]) };
      this.lanes.set(kind, groups);
    }
    return groupOf(groups, loop);
  }

  private collect(kind: StepKind): Uint32Array {
    const { events, scrape } = this.trace.columns;
    const found: number[] = [];
    if (kind === 'failure') {
      for (const ns of this.failures) {
        const event = this.trace.lastAt(ns);
        if (event >= 0) found.push(event);
      }
      return Uint32Array.from(new Set(found)).sort();
    }
    for (let index = 0; index < this.trace.count; ++index) {
      const of = events.kind[index];
      if (kind === 'scrape' ? of === Kind.scrapeStarted || of === Kind.endOfRun : this.counts(kind, index, of, scrape.flags)) {
        found.push(index);
      }
    }
    return Uint32Array.from(found);
  }

  private counts(kind: StepKind, index: number, of: number, flags: Uint8Array): boolean {
    const { events, scrape } = this.trace.columns;
    if (kind === 'marker') return of === Kind.sampleAppended && (events.sub[index] & 3) === 1;
    if (kFaultKinds.has(of)) return of !== Kind.configApplied || events.ns[index] > 0;
    const row = events.scrape[index];
    if (of === Kind.scrapeFinished) return scrape.error[row] !== 0;
    return of === Kind.transactionEnded && (flags[row] & ScrapeFlag.rolledBack) !== 0 && scrape.error[row] === 0;
  }
}
