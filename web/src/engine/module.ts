// SPDX-License-Identifier: Apache-2.0
// Runs of the WebAssembly module. It is compiled once; each run has an instance, and so a memory, of its own.
import { compile, Run, type Bundle, type Failure, type Role } from 'stalemark-wasm';
import type { EngineSource } from './messages';
import { EngineError } from './types';

export interface Runs {
  create(bundle: Bundle, role: Role): Promise<Run>;
  check(bundle: Bundle): Promise<Failure[]>;
}

export function makeRuns(source: EngineSource): Runs {
  let compiled: Promise<WebAssembly.Module> | null = null;
  const module = (): Promise<WebAssembly.Module> =>
    (compiled ??= compile(source.wasm).catch((error: unknown) => {
      compiled = null;
      const reason = error instanceof Error ? error.message : String(error);
      throw new EngineError(`the engine could not be loaded: ${reason}`);
    }));
  return {
    create: async (bundle, role) => Run.create(bundle, { role, module: await module() }),
    check: async (bundle) => Run.check(bundle, { module: await module() }),
  };
}
