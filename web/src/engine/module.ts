// SPDX-License-Identifier: Apache-2.0
// Instances of the WebAssembly module. It is compiled once; each instance has a memory of its own.
import { errorOf, type Instance, type MakeInstance } from './instance';
import type { EngineSource } from './messages';
import { EngineError } from './types';

/** What the module exports (wasm/api.h). */
interface Exports {
  memory: WebAssembly.Memory;
  _initialize?(): void;
  [call: `stalemark_${string}`]: (...args: number[]) => number;
}

const kPage = 65536;
const kText = new TextEncoder();

class ModuleInstance implements Instance {
  constructor(private readonly exports: Exports) {}

  call(name: string, request: unknown): Uint8Array {
    const { exports } = this;
    const bytes = kText.encode(JSON.stringify(request));
    const at = exports.stalemark_alloc(bytes.length);
    new Uint8Array(exports.memory.buffer, at, bytes.length).set(bytes);
    const failed = exports[`stalemark_${name}`](at, bytes.length);
    exports.stalemark_free(at);
    const output = new Uint8Array(exports.memory.buffer, exports.stalemark_output(), exports.stalemark_output_size());
    if (failed !== 0) throw errorOf(output);
    return output;
  }

  copy(): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, 0, this.exports.stalemark_memory_size()).slice();
  }

  restore(copy: Uint8Array): void {
    const { memory } = this.exports;
    const missing = copy.length - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / kPage));
    const all = new Uint8Array(memory.buffer);
    all.set(copy);
    all.fill(0, copy.length);
  }

  memoryBytes(): number {
    return this.exports.memory.buffer.byteLength;
  }
}

async function bytesOf(source: EngineSource): Promise<ArrayBuffer> {
  if (typeof source.wasm !== 'string') return source.wasm;
  const answer = await fetch(source.wasm).catch(() => null);
  if (!answer?.ok) throw new EngineError(`the engine could not be loaded from ${source.wasm}`);
  return answer.arrayBuffer();
}

export function makeInstances(source: EngineSource): MakeInstance {
  let compiled: Promise<WebAssembly.Module> | null = null;
  return async () => {
    compiled ??= bytesOf(source).then((bytes) => WebAssembly.compile(bytes));
    const module = await compiled;
    const instance = await WebAssembly.instantiate(module, importsOf(module));
    const exports = instance.exports as unknown as Exports;
    exports._initialize?.();
    return new ModuleInstance(exports);
  };
}

/** The engine calls nothing of the host: what the C library still imports is answered with an error. */
function importsOf(module: WebAssembly.Module): WebAssembly.Imports {
  const imports: WebAssembly.Imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind === 'function') (imports[from] ??= {})[name] = () => 8;
  }
  return imports;
}
