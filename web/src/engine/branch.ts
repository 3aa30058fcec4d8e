// SPDX-License-Identifier: Apache-2.0
// One scenario in the worker: the judge, which has played it to its end, and the player, which stands where the page
// looks. A seek goes on from the nearest copy of the player's memory that is not later.
import type { Run } from 'stalemark-wasm';
import { decodeTrace } from '../trace/decode';
import { Cancelled, type Loaded } from './messages';
import type { Runs } from './module';
import { Snapshots } from './snapshots';
import type { Bundle } from './types';

/** Lets other messages in; false when the work is no longer wanted. */
export type Breathe = () => Promise<boolean>;

/** A copy is taken when playing on has taken this long: it bounds a later seek. */
const kCopyAfterMs = 12;
const kSliceMs = 30;
const kPauseMs = 8;

export class BranchRun {
  private judge!: Run;
  private player: Run | null = null;
  private readonly copies: Snapshots;
  private endNs = 0;
  private at = 0;
  /** How much of the run is played between two looks at the clock. */
  private stride = 0;
  /** Time of playing since the copy that the player came from, or that was taken last. */
  private sinceCopyMs = 0;
  private moving: Promise<unknown> = Promise.resolve();
  lastSeekMs = 0;

  constructor(
    readonly bundle: Bundle,
    private readonly runs: Runs,
    copyLimit?: number,
  ) {
    this.copies = new Snapshots(copyLimit);
  }

  async play(breathe: Breathe, onProgress: (atNs: number, endNs: number) => void): Promise<Loaded> {
    this.judge = await this.runs.create(this.bundle, 'judge');
    const { created } = this.judge;
    this.endNs = Number(created.duration_ns);
    const parts: Uint8Array[] = [];
    const slices = 64;
    let last = performance.now();
    for (let slice = 1; slice <= slices; ++slice) {
      const to = Math.floor((this.endNs * slice) / slices);
      const { done } = this.judge.runTo(slice === slices ? undefined : String(to));
      parts.push(this.judge.trace());
      if (done) break;
      if (performance.now() - last < kSliceMs) continue;
      onProgress(to, this.endNs);
      if (!(await breathe())) throw new Cancelled('another scenario was opened');
      last = performance.now();
    }
    const columns = decodeTrace(joined(parts));
    return { created, columns, result: this.judge.result() };
  }

  /** Asks the judge, which stands at the end. */
  judged<T>(question: (judge: Run) => T): T {
    return question(this.judge);
  }

  /** Asks the player, which stands at the instant: one after the other. */
  async played<T>(ns: number, breathe: Breathe, question: (player: Run) => T | Promise<T>): Promise<T> {
    const turn = this.moving.then(async () => {
      if (!(await breathe())) throw new Cancelled('a later request took its place');
      return question(await this.moveTo(Math.min(Math.max(ns, 0), this.endNs), breathe));
    });
    this.moving = turn.catch(() => {});
    return turn;
  }

  /** A player of its own that stands at the instant, for what must not be done to the one that is shown. */
  async fork(ns: number, breathe: Breathe): Promise<Run> {
    return this.played(ns, breathe, (player) => player.branch());
  }

  statistics(): { copies: number; copyBytes: number; memoryBytes: number; lastSeekMs: number } {
    const memoryBytes = this.judge.memoryBytes + (this.player?.memoryBytes ?? 0);
    return { copies: this.copies.count, copyBytes: this.copies.byteSize, memoryBytes, lastSeekMs: this.lastSeekMs };
  }

  /** Plays through the run while nothing else is asked, so that there are copies all over it. */
  async prepare(isOpen: () => boolean, isIdle: () => boolean): Promise<void> {
    for (let ns = 0; ns < this.endNs && isOpen(); ) {
      await new Promise((resolve) => setTimeout(resolve, kPauseMs));
      if (!isIdle()) continue;
      await this.played(ns, async () => true, () => 0);
      ns += this.endNs / 64;
    }
  }

  private async moveTo(ns: number, breathe: Breathe): Promise<Run> {
    const began = performance.now();
    const player = this.player ?? (await this.start());
    const copy = this.copies.before(ns);
    if (this.at > ns || (copy && copy.ns > this.at)) {
      player.restore(copy!.blocks);
      this.at = copy!.ns;
      this.sinceCopyMs = 0;
    }
    let sinceBreath = began;
    while (this.at < ns) {
      const to = this.stride > 0 ? Math.min(ns, this.at + this.stride) : ns;
      const before = performance.now();
      player.runTo(String(Math.floor(to)));
      this.at = to;
      const now = performance.now();
      this.adapt(now - before);
      this.sinceCopyMs += now - before;
      if (this.sinceCopyMs > kCopyAfterMs) {
        this.copies.add(to, player.snapshot());
        this.sinceCopyMs = 0;
      }
      if (now - sinceBreath > kSliceMs && to < ns) {
        if (!(await breathe())) throw new Cancelled('a later request took its place');
        sinceBreath = performance.now();
      }
    }
    this.lastSeekMs = performance.now() - began;
    return player;
  }

  /** A stride should take about half the time between two copies. */
  private adapt(ms: number): void {
    if (ms > kCopyAfterMs / 2) this.stride = Math.max(this.stride / 2, 1e6);
    else if (ms < kCopyAfterMs / 8) this.stride = Math.min(this.stride * 2, this.endNs);
  }

  private async start(): Promise<Run> {
    const player = await this.runs.create(this.bundle, 'player');
    this.player = player;
    this.at = 0;
    this.stride = Math.max(this.endNs / 256, 1e6);
    this.copies.add(0, player.snapshot());
    return player;
  }
}

function joined(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
