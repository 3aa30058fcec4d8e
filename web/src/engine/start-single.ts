// SPDX-License-Identifier: Apache-2.0
// In the place of start.ts in a page that is one file: the worker comes from a blob, the module from the page.
import { EngineClient } from './client';
import { partInside } from './inside';
import type { Answer, Ask, Engine, Method } from './messages';
import { EngineError } from './types';
import EngineWorker from './worker?worker&inline';

export function startEngine(onProgress: (done: number) => void): Engine {
  const client = partInside('stalemark-module').then((wasm) => {
    if (!wasm) throw new EngineError('this page was built without the engine');
    const started = new EngineClient(new EngineWorker(), { wasm });
    started.onProgress = (_branch, atNs, endNs) => onProgress(atNs / endNs);
    return started;
  });
  return {
    async call<M extends Method>(method: M, ask: Ask<M>, latest?: string): Promise<Answer<M>> {
      return (await client).call(method, ask, latest);
    },
  };
}
