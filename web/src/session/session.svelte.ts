// SPDX-License-Identifier: Apache-2.0
// What the page shows, in one place: the open branches, the cursor, the part of the run in sight and what is selected.
// Panels read it and call its methods; nothing else holds state that two of them need.
import { Cancelled, type Engine } from '../engine/messages';
import type { Bundle, Created, EngineState, Explanation, RunResult } from '../engine/types';
import { EngineError } from '../engine/types';
import { Kind } from '../trace/kinds';
import { SeriesIndex } from '../trace/series';
import { Trace } from '../trace/trace';
import { failurePlaces, type FailurePlace } from './failures';
import { Steps, type StepKind } from './steps';

/** One scenario as it was played. Without a bundle: a trace that somebody brought, of which only the events are known. */
export interface Branch {
  id: number;
  name: string;
  /** The branch and instant it left, for one made by an injected fault or an edit. */
  parent: { branch: number; ns: number } | null;
  bundle: Bundle | null;
  created: Created | null;
  trace: Trace;
  result: RunResult | null;
  steps: Steps;
  failures: FailurePlace[];
  series: SeriesIndex;
}

export interface Cursor {
  ns: number;
  /** The last event that has happened; -1: none. */
  event: number;
}

export interface Selection {
  /** Loop number, 0: none. */
  loop: number;
  /** Label set of the series, 0: none. */
  series: number;
  scrape: number;
}

export interface Failing {
  message: string;
  file: string;
  line: number;
  column: number;
}

const kNothing: Selection = { loop: 0, series: 0, scrape: 0 };

export class Session {
  status = $state<'empty' | 'loading' | 'ready'>('empty');
  /** 0 to 1 while a scenario is played. */
  progress = $state(0);
  error = $state.raw<Failing | null>(null);
  branches = $state.raw<Branch[]>([]);
  /** Id of the branch that is shown, and of the one it is compared with (0: none). */
  current = $state(0);
  compared = $state(0);
  cursor = $state.raw<Cursor>({ ns: 0, event: -1 });
  view = $state.raw({ from: 0, to: 1 });
  selection = $state.raw<Selection>(kNothing);
  playing = $state(false);
  /** Seconds of the run for a second of watching. */
  speed = $state(15);

  readonly branch = $derived(this.branches.find((branch) => branch.id === this.current) ?? null);
  readonly trace = $derived(this.branch?.trace ?? null);
  readonly result = $derived(this.branch?.result ?? null);
  readonly name = $derived(this.branch?.name ?? '');
  readonly expectations = $derived(this.result && this.result.expectations.passed + this.result.expectations.failed > 0 ? this.result.expectations : null);
  readonly startMs = $derived(this.branch?.created?.start_ms ?? this.trace?.startMs() ?? 0);
  readonly endNs = $derived(this.branch ? endOf(this.branch) : 1);
  readonly wallMs = $derived(this.startMs + this.cursor.ns / 1e6);
  /** The series that is charted and explained: the selected one, else `up` of the selected target. */
  readonly shownSeries = $derived(this.selection.series || (this.branch?.series.up(this.selection.loop) ?? 0));
  /** The scrape whose response and transaction are shown: the last of the selected target that has begun; 0: none. */
  readonly shownScrape = $derived(this.trace ? scrapeAt(this.trace, this.selection, this.cursor) : 0);
  readonly digestText = $derived(digestText(this.branch));

  private engine: Engine | null = null;
  private nextBranch = 1;
  private opening = 0;
  private lastFrame = 0;

  /** The engine is made when it is first needed: a page without a scenario loads no wasm. */
  constructor(private readonly makeEngine: (onProgress: (done: number) => void) => Engine) {}

  /** Opens a scenario in the place of what is open. */
  async open(bundle: Bundle): Promise<boolean> {
    return this.load(async () => this.play(bundle, null), true);
  }

  /** Opens the bytes of a trace. */
  async openTrace(bytes: Uint8Array, name: string): Promise<boolean> {
    return this.load(async () => {
      const columns = await this.getEngine().call('decode', { bytes });
      return this.makeBranch({ name, parent: null, bundle: null, created: null, trace: new Trace(columns), result: null });
    }, true);
  }

  /** The bytes of a trace that has gone on, in the place of the one that is shown. A cursor at the end stays there, with
   * the end in sight; another one stays where it is. False: something else is shown by now. */
  async follow(bytes: Uint8Array, name: string): Promise<boolean> {
    const before = this.branch;
    if (!before || before.bundle || before.name !== name) return false;
    const columns = await this.getEngine().call('decode', { bytes });
    if (this.branch !== before) return false;
    const atEnd = this.cursor.ns >= this.endNs;
    const branch = this.makeBranch({ name, parent: null, bundle: null, created: null, trace: new Trace(columns), result: null });
    const series = before.series.setIn(branch.series, this.selection.series);
    this.branches = [branch];
    this.current = branch.id;
    this.selection = { loop: this.selection.loop, series, scrape: 0 };
    if (atEnd) this.showEnd(this.view.to - this.view.from);
    else this.seek(this.cursor.ns);
    return true;
  }

  /** The last part of the run, with the cursor at its end. */
  showEnd(width = 60e9): void {
    this.setView(this.endNs - width, this.endNs);
    this.seek(this.endNs);
  }

  /** A branch beside the current one: the scenario with an edit. */
  async branchWith(bundle: Bundle, name: string): Promise<boolean> {
    const parent = { branch: this.current, ns: this.cursor.ns };
    return this.load(async () => ({ ...(await this.play(bundle, parent)), name }), false);
  }

  /** A branch in which this event happens at the cursor. */
  async inject(event: Record<string, unknown>): Promise<boolean> {
    const from = this.branch;
    if (!from?.bundle) return false;
    const parent = { branch: from.id, ns: this.cursor.ns };
    return this.load(async () => {
      const answer = await this.getEngine().call('inject', { branch: from.id, at_ns: String(Math.round(parent.ns)), event });
      return { ...(await this.play(answer.bundle, parent)), name: `${from.name}: ${answer.text}` };
    }, false);
  }

  show(branch: number): void {
    if (branch === this.current || !this.branches.some((open) => open.id === branch)) return;
    this.current = branch;
    this.selection = kNothing;
    this.seek(Math.min(this.cursor.ns, this.endNs));
  }

  closeBranch(branch: number): void {
    if (this.branches.length < 2) return;
    this.branches = this.branches.filter((open) => open.id !== branch);
    if (this.compared === branch) this.compared = 0;
    if (this.current === branch) this.show(this.branches[0].id);
    void this.getEngine().call('close', { branch });
  }

  seek(ns: number): void {
    if (!this.trace) return;
    const at = Math.min(Math.max(ns, 0), this.endNs);
    this.cursor = { ns: at, event: this.trace.lastAt(at) };
  }

  /** Stands right behind an event, and brings it into sight. */
  goTo(event: number, select = true): void {
    const trace = this.trace;
    if (!trace || event < 0 || event >= trace.count) return;
    const { events } = trace.columns;
    this.cursor = { ns: events.ns[event], event };
    if (select && events.loop[event]) this.selectLoop(events.loop[event], events.scrape[event]);
    if (select && events.kind[event] === Kind.sampleAppended) this.select({ series: events.set[event] });
    this.reveal(events.ns[event]);
  }

  /** To the next or previous of its kind; within the selected lane when asked. False: there is none. */
  step(kind: StepKind, direction: 1 | -1, inLane = false): boolean {
    const steps = this.branch?.steps;
    const to = steps?.next(kind, direction, this.cursor.event, inLane ? this.selection.loop : 0) ?? null;
    if (to === null) return false;
    const failure = kind === 'failure' ? this.branch?.failures.find(({ ns }) => ns !== null && this.trace?.lastAt(ns) === to) : undefined;
    if (failure) this.goToFailure(failure);
    else this.goTo(to);
    return true;
  }

  /** To what an expectation failed on: its moment, and its series. */
  goToFailure({ failure, ns }: FailurePlace): void {
    if (!this.branch || !this.trace) return;
    if (ns !== null) this.goTo(this.trace.lastAt(ns), false);
    const series = this.branch.series.withText(failure.series ?? failure.subject);
    if (series) this.selectSeries(series.set);
  }

  select(part: Partial<Selection>): void {
    this.selection = { ...this.selection, ...part };
  }

  /** Selects a target; of its series the one that matches the one that was selected. */
  selectLoop(loop: number, scrape = 0): void {
    const series = this.branch?.series.counterpart(this.selection.series, loop) ?? 0;
    this.select({ loop, scrape, series });
  }

  /** Selects a series, its target, and the scrape at the cursor of that target. */
  selectSeries(set: number): void {
    const series = this.branch?.series.get(set);
    if (series) this.select({ series: set, loop: series.loop });
  }

  /** To the instant of a sample time; the cursor stands behind the last event of that instant. */
  seekMs(ms: number): void {
    this.seek((ms - this.startMs) * 1e6);
  }

  /** Shows this part of the run; kept within it, and not below a microsecond. */
  setView(from: number, to: number): void {
    const width = Math.min(Math.max(to - from, 1e3), this.endNs);
    const start = Math.min(Math.max(from, 0), this.endNs - width);
    this.view = { from: start, to: start + width };
  }

  /** `factor` < 1 zooms in; `around` stays where it is. */
  zoom(factor: number, around = this.cursor.ns): void {
    const { from, to } = this.view;
    this.setView(around - (around - from) * factor, around + (to - around) * factor);
  }

  pan(ns: number): void {
    this.setView(this.view.from + ns, this.view.to + ns);
  }

  fit(): void {
    this.setView(0, this.endNs);
  }

  /** Shows four intervals of the selected target around the cursor; the whole run when that is in sight already. */
  focus(): void {
    const { from, to } = this.view;
    const width = Math.min((this.trace?.loop(this.selection.loop)?.intervalNs ?? 0) * 4, this.endNs);
    if (width === 0 || Math.abs(to - from - width) < width * 0.01) this.fit();
    else this.setView(this.cursor.ns - width / 2, this.cursor.ns + width / 2);
  }

  playPause(): void {
    if (!this.trace) return;
    this.playing = !this.playing;
    if (!this.playing) return;
    if (this.cursor.ns >= this.endNs) this.seek(0);
    this.lastFrame = performance.now();
    requestAnimationFrame((now) => this.frame(now));
  }

  /** The player's state at the cursor; null when the branch has no engine or a later question took its place. */
  async state(cacheOf = 0, match = '', limit = 200): Promise<EngineState | null> {
    const request = cacheOf ? { cache: { loop: cacheOf, match, from: 0, limit } } : {};
    return this.ask((branch) =>
      this.getEngine().call('state', { branch, at_ns: String(Math.round(this.cursor.ns)), request }, `state ${cacheOf}`),
    );
  }

  async explain(series: string, ns: number): Promise<Explanation | null> {
    return this.ask((branch) => this.getEngine().call('explain', { branch, series, at_ns: String(Math.round(ns)) }, 'explain'));
  }

  /** For panels that call the engine themselves. Null: no engine behind this branch, or cancelled. */
  async ask<T>(call: (branch: number, engine: Engine) => Promise<T>): Promise<T | null> {
    const branch = this.branch;
    if (!branch?.bundle) return null;
    try {
      return await call(branch.id, this.getEngine());
    } catch (error) {
      if (error instanceof Cancelled) return null;
      throw error;
    }
  }

  fail(error: unknown): void {
    const known = error instanceof EngineError ? error : new EngineError(error instanceof Error ? error.message : String(error));
    this.error = { message: known.message, file: known.file, line: known.line, column: known.column };
  }

  getEngine(): Engine {
    this.engine ??= this.makeEngine((done) => (this.progress = done));
    return this.engine;
  }

  private async play(bundle: Bundle, parent: Branch['parent']): Promise<Branch> {
    const id = this.nextBranch++;
    const { created, columns, result } = await this.getEngine().call('open', { branch: id, bundle }, 'open');
    const fields = { name: created.name, parent, bundle, created, trace: new Trace(columns), result };
    return { ...this.makeBranch(fields), id };
  }

  private makeBranch(fields: Omit<Branch, 'id' | 'steps' | 'series' | 'failures'>): Branch {
    const failures = failurePlaces(fields.result?.failures ?? []);
    const steps = new Steps(fields.trace, failures.flatMap(({ ns }) => (ns === null ? [] : [ns])));
    return { ...fields, id: this.nextBranch++, steps, failures, series: new SeriesIndex(fields.trace) };
  }

  private async load(make: () => Promise<Branch>, alone: boolean): Promise<boolean> {
    const turn = ++this.opening;
    const before = this.branches;
    this.playing = false;
    this.status = 'loading';
    this.progress = 0;
    this.error = null;
    try {
      const branch = await make();
      if (turn !== this.opening) return false;
      this.branches = alone ? [branch] : [...before, branch];
      this.current = branch.id;
      if (alone) {
        this.compared = 0;
        this.selection = kNothing;
        this.fit();
        this.goTo(firstPlace(branch.trace));
        this.selectSeries(branch.series.first(branch.trace.columns.events.loop[this.cursor.event])?.set ?? 0);
        for (const old of before) void this.getEngine().call('close', { branch: old.id });
      } else {
        this.compared = branch.parent?.branch ?? 0;
        this.seek(this.cursor.ns);
      }
      this.status = 'ready';
      return true;
    } catch (error) {
      if (turn !== this.opening || error instanceof Cancelled) return false;
      this.fail(error);
      this.status = before.length > 0 ? 'ready' : 'empty';
      return false;
    }
  }

  private reveal(ns: number): void {
    const { from, to } = this.view;
    const width = to - from;
    if (ns < from || ns > to) this.setView(ns - width / 2, ns + width / 2);
  }

  private frame(now: number): void {
    if (!this.playing) return;
    const passed = (now - this.lastFrame) * 1e6 * this.speed;
    this.lastFrame = now;
    this.seek(this.cursor.ns + passed);
    const { from, to } = this.view;
    if (this.cursor.ns > to) this.setView(to, to + (to - from));
    if (this.cursor.ns >= this.endNs) this.playing = false;
    else requestAnimationFrame((next) => this.frame(next));
  }
}

function endOf(branch: Branch): number {
  return Math.max(Number(branch.created?.duration_ns ?? 0), branch.trace.columns.end, 1);
}

function digestText(branch: Branch | null): string {
  const seed = branch?.created ? `seed ${branch.created.seed}` : '';
  const digest = branch?.result?.trace_digest ?? '';
  return [seed, digest && `trace ${digest.slice(0, 4)}…${digest.slice(-4)}`].filter(Boolean).join(' · ');
}

function scrapeAt(trace: Trace, { loop, scrape }: Selection, { ns, event }: Cursor): number {
  const { first, last, started } = trace.columns.scrape;
  if (scrape && first[scrape] <= event && event <= last[scrape]) return scrape;
  const rows = trace.scrapesOfLoop(loop);
  for (let at = rows.length - 1; at >= 0; --at) if (started[rows[at]] <= ns && first[rows[at]] <= event) return rows[at];
  return 0;
}

/** Where to stand first: at the end of the first scrape. */
function firstPlace(trace: Trace): number {
  return trace.columns.scrapes > 0 && trace.columns.scrape.last[1] > 0 ? trace.columns.scrape.last[1] : trace.count - 1;
}

export const session = new Session((onProgress) => startEngine(onProgress));

let startEngine: (onProgress: (done: number) => void) => Engine = () => {
  throw new EngineError('the engine is not there');
};

/** main.ts says what the engine is; a test says another. */
export function useEngine(start: typeof startEngine): void {
  startEngine = start;
}
