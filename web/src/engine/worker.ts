// SPDX-License-Identifier: Apache-2.0
import type { EngineSource, FromWorker, ToWorker } from './messages';
import { makeRuns, type Runs } from './module';
import { Server } from './serve';

let source: EngineSource | null = null;
let runs: Runs | null = null;

const server = new Server(
  () => {
    if (!source) throw new Error('the worker was not told where the engine is');
    return (runs ??= makeRuns(source));
  },
  (message: FromWorker, transfer: ArrayBuffer[] = []) => postMessage(message, { transfer }),
);

onmessage = ({ data }: MessageEvent<ToWorker>): void => {
  if ('start' in data) source = data.start;
  else if ('cancel' in data) server.cancel(data.cancel);
  else void server.receive(data);
};
