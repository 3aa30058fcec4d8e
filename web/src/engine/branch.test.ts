// SPDX-License-Identifier: Apache-2.0
// A stand-in for the module: its state is the time it was played to, its memory eight bytes.
import { readFileSync } from 'node:fs';
import type { Run } from 'stalemark-wasm';
import { describe, expect, it } from 'vitest';
import { BranchRun } from './branch';
import { Cancelled } from './messages';
import type { Runs } from './module';

const kEnd = 100e9;
const kTrace = readFileSync(new URL('../trace/testdata/exporter-restart.trace', import.meta.url));

class FakeRun {
  at = 0;
  played: number[] = [];
  taken = false;
  memoryBytes = 8;
  created = { name: 'fake', start_ms: 0, duration_ns: String(kEnd), seed: 1, notes: [] };

  runTo(at?: string): { at_ns: string; done: boolean; next_ns: null } {
    this.at = at === undefined ? kEnd : Number(at);
    this.played.push(this.at);
    return { at_ns: String(this.at), done: this.at >= kEnd, next_ns: null };
  }
  trace(): Uint8Array {
    const bytes = this.taken ? new Uint8Array() : new Uint8Array(kTrace);
    this.taken = true;
    return bytes;
  }
  result(): object {
    return { trace_digest: 'de378eadc5db32f2' };
  }
  snapshot(): Uint8Array {
    return new Uint8Array(Float64Array.of(this.at).buffer.slice(0));
  }
  restore([copy]: readonly Uint8Array[]): void {
    this.at = new Float64Array(copy.buffer)[0];
  }
  state(): object {
    return { at_ns: String(this.at) };
  }
}

const bundle = { files: { 'a.yml': '' }, scenario: 'a.yml' };
const always = async (): Promise<boolean> => true;

async function start(): Promise<{ run: BranchRun; made: FakeRun[] }> {
  const made: FakeRun[] = [];
  const runs = {
    create: async () => {
      made.push(new FakeRun());
      return made[made.length - 1] as unknown as Run;
    },
    check: async () => [],
  } satisfies Runs;
  const run = new BranchRun(bundle, runs);
  await run.play(always, () => {});
  return { run, made };
}

const stateAt = (run: BranchRun, ns: number): Promise<unknown> => run.played(ns, always, (player) => player.state());

describe('a branch', () => {
  it('plays the judge to its end and hands over the trace', async () => {
    const made = new FakeRun();
    const run = new BranchRun(bundle, { create: async () => made as unknown as Run, check: async () => [] });
    const loaded = await run.play(always, () => {});
    expect(loaded.columns.scrapes).toBe(11);
    expect(made.at).toBe(kEnd);
  });

  it('stands where it is asked to, forwards and back', async () => {
    const { run } = await start();
    for (const ns of [5e9, 50e9, 20e9, 20e9, 0, 99e9]) expect(await stateAt(run, ns)).toEqual({ at_ns: String(ns) });
  });

  it('answers in turn', async () => {
    const { run } = await start();
    const answers = await Promise.all([70e9, 10e9, 40e9].map((ns) => stateAt(run, ns)));
    expect(answers).toEqual([70e9, 10e9, 40e9].map((ns) => ({ at_ns: String(ns) })));
  });

  it('drops a request that was cancelled and answers the next', async () => {
    const { run } = await start();
    const dropped = run.played(30e9, async () => false, (player) => player.state());
    const next = stateAt(run, 60e9);
    await expect(dropped).rejects.toBeInstanceOf(Cancelled);
    expect(await next).toEqual({ at_ns: String(60e9) });
  });

  it('goes no further than the run', async () => {
    const { run } = await start();
    expect(await stateAt(run, 1e15)).toEqual({ at_ns: String(kEnd) });
  });
});
