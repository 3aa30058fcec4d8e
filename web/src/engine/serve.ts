// SPDX-License-Identifier: Apache-2.0
// What the worker does with each message, apart from the worker itself: tests call it with a stand-in for the module.
import { decodeTrace, transferables, type Columns } from '../trace/decode';
import { BranchRun, type Breathe } from './branch';
import { Cancelled, type Answer, type Ask, type FromWorker, type Method, type Request } from './messages';
import type { Runs } from './module';
import { EngineError } from './types';

type Post = (message: FromWorker, transfer?: ArrayBuffer[]) => void;
type Handlers = { [M in Method]: (ask: Ask<M>, breathe: Breathe) => Promise<Answer<M>> };

/** The next turn of the event loop: messages that wait are handled first. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(0);
  });

export class Server {
  private readonly branches = new Map<number, BranchRun>();
  private readonly cancelled = new Set<number>();
  private readonly running = new Set<number>();

  constructor(
    private readonly runs: () => Runs,
    private readonly post: Post,
  ) {}

  cancel(id: number): void {
    if (this.running.has(id)) this.cancelled.add(id);
  }

  async receive({ id, method, ask: question }: Request): Promise<void> {
    this.running.add(id);
    const breathe = async (): Promise<boolean> => {
      await turn();
      return !this.cancelled.has(id);
    };
    try {
      const handler = this.handlers[method] as (ask: unknown, breathe: Breathe) => Promise<unknown>;
      const answer = await handler(question, breathe);
      this.post({ id, answer }, transferOf(answer));
    } catch (error) {
      const known = error as Partial<EngineError> | null;
      this.post({
        id,
        error: {
          message: error instanceof Error ? error.message : String(error),
          file: known?.file ?? '',
          line: known?.line ?? 0,
          column: known?.column ?? 0,
          cancelled: error instanceof Cancelled,
        },
      });
    } finally {
      this.running.delete(id);
      this.cancelled.delete(id);
    }
  }

  private readonly handlers: Handlers = {
    open: async ({ branch, bundle }, breathe) => {
      const run = new BranchRun(bundle, this.runs());
      const loaded = await run.play(breathe, (atNs, endNs) => this.post({ progress: { branch, atNs, endNs } }));
      this.branches.set(branch, run);
      void run.prepare(() => this.branches.get(branch) === run, () => this.running.size === 0).catch(() => {});
      return loaded;
    },
    close: async ({ branch }) => {
      this.branches.delete(branch);
      return null;
    },
    check: async ({ bundle }) => this.runs().check(bundle),
    decode: async ({ bytes }) => decodeTrace(bytes),
    series: async ({ branch, ...request }) => this.run(branch).judged((judge) => judge.series(request)),
    samples: async ({ branch, id }) => this.run(branch).judged((judge) => judge.samples(id)),
    explain: async ({ branch, ...request }) => this.run(branch).judged((judge) => judge.explain(request)),
    state: async ({ branch, at_ns, request }, breathe) =>
      this.run(branch).played(Number(at_ns), breathe, (player) => player.state(request)),
    relabel: async ({ branch, at_ns, ...request }, breathe) =>
      this.run(branch).played(Number(at_ns), breathe, (player) => player.relabel(request)),
    inject: async ({ branch, at_ns, event }, breathe) => {
      const run = this.run(branch);
      const other = await run.fork(Number(at_ns), breathe);
      const { event: text } = other.inject(event);
      const files = other.files();
      other.dispose();
      return { text, bundle: { files, scenario: run.bundle.scenario } };
    },
    statistics: async ({ branch }) => this.run(branch).statistics(),
  };

  private run(branch: number): BranchRun {
    const run = this.branches.get(branch);
    if (!run) throw new EngineError('this scenario is not open any more');
    return run;
  }
}

function transferOf(answer: unknown): ArrayBuffer[] {
  const columns = answer as Columns & { columns?: Columns };
  if (columns?.columns) return transferables(columns.columns);
  return columns?.events && columns.bytes ? transferables(columns) : [];
}
