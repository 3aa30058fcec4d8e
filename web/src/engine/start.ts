// SPDX-License-Identifier: Apache-2.0
import { EngineClient } from './client';
import type { Engine } from './messages';

/** The engine in its worker. The module lies beside the page. */
export function startEngine(onProgress: (done: number) => void): Engine {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const client = new EngineClient(worker, { wasm: new URL('stalemark.wasm', document.baseURI).href });
  client.onProgress = (_branch, atNs, endNs) => onProgress(atNs / endNs);
  return client;
}
