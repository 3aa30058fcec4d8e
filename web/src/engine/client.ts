// SPDX-License-Identifier: Apache-2.0
// The page's end of the worker. A call with `latest` cancels the call before it with the same word: a scrub asks many
// times for the state, and only the last answer is of use.
import { Cancelled, type Answer, type Ask, type Engine, type EngineSource, type FromWorker, type Method, type ToWorker } from './messages';
import { EngineError } from './types';

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class EngineClient implements Engine {
  onProgress: (branch: number, atNs: number, endNs: number) => void = () => {};
  private readonly pending = new Map<number, Pending>();
  private readonly latest = new Map<string, number>();
  private next = 1;

  constructor(
    private readonly worker: Worker,
    source: EngineSource,
  ) {
    worker.onmessage = (message: MessageEvent<FromWorker>) => this.receive(message.data);
    worker.onerror = (event) => this.fail(new EngineError(event.message || 'the worker did not start'));
    this.post({ start: source });
  }

  call<M extends Method>(method: M, ask: Ask<M>, latest?: string): Promise<Answer<M>> {
    const id = this.next++;
    if (latest) {
      const before = this.latest.get(latest);
      if (before !== undefined) this.cancel(before);
      this.latest.set(latest, id);
    }
    return new Promise<Answer<M>>((resolve, reject) => {
      this.pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.post({ id, method, ask });
    });
  }

  private cancel(id: number): void {
    const call = this.pending.get(id);
    if (!call) return;
    this.pending.delete(id);
    this.post({ cancel: id });
    call.reject(new Cancelled('a later request took its place'));
  }

  private receive(message: FromWorker): void {
    if ('progress' in message) {
      this.onProgress(message.progress.branch, message.progress.atNs, message.progress.endNs);
      return;
    }
    const call = this.pending.get(message.id);
    if (!call) return;
    this.pending.delete(message.id);
    if ('answer' in message) call.resolve(message.answer);
    else if (message.error.cancelled) call.reject(new Cancelled(message.error.message));
    else call.reject(new EngineError(message.error.message, message.error.file, message.error.line, message.error.column));
  }

  private fail(error: Error): void {
    for (const call of this.pending.values()) call.reject(error);
    this.pending.clear();
  }

  private post(message: ToWorker): void {
    this.worker.postMessage(message);
  }
}
