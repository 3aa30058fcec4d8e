// SPDX-License-Identifier: Apache-2.0
// One run of a scenario in an instance of stalemark.wasm. Environment-free: index.mjs and node.mjs say where the bytes are.
//
// All of an instance lies in its linear memory, so that a copy of the memory is a snapshot.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What the module answered instead: a sentence, and its place in a file where it has one (from 1; 0: none). */
export class StalemarkError extends Error {
  constructor(message, file = '', line = 0, column = 0) {
    super(message);
    this.name = 'StalemarkError';
    this.file = file;
    this.line = line;
    this.column = column;
  }
}

let findModule = () => Promise.reject(new StalemarkError('no module was given'));
let found;

/** Who knows where stalemark.wasm lies says so, once. */
export function setDefaultModule(find) {
  findModule = find;
}

function defaultModule() {
  found ??= findModule();
  return found;
}

/** Compiles the module from its bytes, an address or a response; a compiled one is taken as it is. */
export async function compile(source) {
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return WebAssembly.compile(source);
  const response = source instanceof Response ? source : await fetch(source);
  if (!response.ok) throw new StalemarkError(`${response.url}: ${response.status} ${response.statusText}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** What a libc without files, clocks and environment asks for. Failed assertions are written to file 2. */
function importsOf(module, state) {
  const errno = { success: 0, badFile: 8 };
  const given = {
    fd_write(file, vectors, count, written) {
      const view = new DataView(state.memory.buffer);
      let size = 0;
      for (let i = 0; i < count; ++i) {
        const begin = view.getUint32(vectors + 8 * i, true);
        const length = view.getUint32(vectors + 8 * i + 4, true);
        state.complaint += decoder.decode(new Uint8Array(state.memory.buffer, begin, length).slice());
        size += length;
      }
      view.setUint32(written, size, true);
      return errno.success;
    },
    environ_sizes_get(count, size) {
      const view = new DataView(state.memory.buffer);
      view.setUint32(count, 0, true);
      view.setUint32(size, 0, true);
      return errno.success;
    },
    environ_get: () => errno.success,
    fd_close: () => errno.badFile,
    fd_read: () => errno.badFile,
    fd_seek: () => errno.badFile,
    proc_exit(code) {
      throw new StalemarkError(`the engine left with ${code}`);
    },
    emscripten_notify_memory_growth() {},
  };
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    const missing = () => {
      throw new StalemarkError(`the engine asked for ${name}`);
    };
    if (kind === 'function') imports[from][name] = given[name] ?? missing;
  }
  return imports;
}

/** One instance: calls with bytes, and its memory. */
class Instance {
  static async of(module) {
    const state = { memory: null, complaint: '' };
    const { exports } = await WebAssembly.instantiate(module, importsOf(module, state));
    state.memory = exports.memory;
    exports._initialize?.();
    return new Instance(module, exports, state);
  }

  constructor(module, exports, state) {
    this.module = module;
    this.exports = exports;
    this.state = state;
    this.broken = '';
  }

  /** The bytes of an answer. */
  call(name, request) {
    if (this.broken) throw new StalemarkError(this.broken);
    const bytes = encoder.encode(JSON.stringify(request));
    let failed;
    try {
      const at = this.exports.stalemark_alloc(bytes.length);
      if (at === 0) throw new RangeError('no memory for the request');
      new Uint8Array(this.exports.memory.buffer).set(bytes, at);
      failed = this.exports[`stalemark_${name}`](at, bytes.length) !== 0;
      this.exports.stalemark_free(at);
    } catch (error) {
      // A trap: nobody knows what the memory holds now.
      this.broken = `the engine stopped: ${this.state.complaint || error.message}`;
      throw new StalemarkError(this.broken);
    }
    const output = this.output();
    if (!failed) return output;
    const { message, file, line, column } = JSON.parse(decoder.decode(output)).error;
    throw new StalemarkError(message, file, line, column);
  }

  ask(name, request) {
    return JSON.parse(decoder.decode(this.call(name, request)));
  }

  output() {
    const begin = this.exports.stalemark_output();
    return new Uint8Array(this.exports.memory.buffer).slice(begin, begin + this.exports.stalemark_output_size());
  }

  snapshot() {
    return new Uint8Array(this.exports.memory.buffer).slice(0, this.exports.stalemark_memory_size());
  }

  restore(snapshot) {
    const { memory } = this.exports;
    const parts = Array.isArray(snapshot) ? snapshot : [snapshot];
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    const missing = size - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    const used = this.exports.stalemark_memory_size();
    const bytes = new Uint8Array(memory.buffer);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    if (used > size) bytes.fill(0, size, used);
    this.broken = '';
  }
}

export class Run {
  #instance;
  #bundle;
  /** What create answered. */
  created;
  role;

  constructor(instance, bundle, created, role) {
    this.#instance = instance;
    this.#bundle = bundle;
    this.created = created;
    this.role = role;
  }

  /** Loads a bundle `{files, scenario}`. A `judge` keeps the trace and gives the verdict, a `player` answers the state. */
  static async create(bundle, { role = 'judge', module } = {}) {
    const instance = await Instance.of(module ?? (await defaultModule()));
    return new Run(instance, bundle, instance.ask('create', { ...bundle, role }), role);
  }

  /** What is wrong with a bundle; runs nothing. */
  static async check(bundle, { module } = {}) {
    const instance = await Instance.of(module ?? (await defaultModule()));
    return instance.ask('check', bundle).problems;
  }

  // ---- time ----

  /** To a time in nanoseconds since the start (a bigint, or decimal digits), or to the end. */
  runTo(atNs) {
    return this.#instance.ask('run_to', atNs === undefined ? {} : { at_ns: String(atNs) });
  }
  /** To the next instant at which something is due. */
  step() {
    return this.#instance.ask('step', {});
  }

  // ---- answers ----

  /** The bytes that the trace has grown by since the last call. */
  trace() {
    return this.#instance.call('trace', {});
  }
  result() {
    return this.#instance.ask('result', {});
  }
  series(request = {}) {
    return this.#instance.ask('series', request);
  }
  samples(id) {
    return this.#instance.ask('samples', { id });
  }
  explain({ series, at_ns, storage = 0 }) {
    return this.#instance.ask('explain', { series, at_ns: String(at_ns), storage });
  }
  state(request = {}) {
    return this.#instance.ask('state', request);
  }
  relabel(request) {
    return this.#instance.ask('relabel', request);
  }
  inject(event) {
    return this.#instance.ask('inject', { event });
  }
  files() {
    return { ...this.#bundle.files, ...this.#instance.ask('files', {}).files };
  }

  // ---- copies ----

  /** A copy of the memory in use. */
  snapshot() {
    return this.#instance.snapshot();
  }
  /** Becomes what the snapshot, whole or in parts, was taken of, by this run or another of the same module. */
  restore(snapshot) {
    this.#instance.restore(snapshot);
  }
  /** Another run that stands where this one does. */
  async branch() {
    const instance = await Instance.of(this.#instance.module);
    instance.restore(this.#instance.snapshot());
    return new Run(instance, this.#bundle, this.created, this.role);
  }
  /** Bytes of linear memory. */
  get memoryBytes() {
    return this.#instance.exports.memory.buffer.byteLength;
  }
  /** Lets go of the memory; no call may follow. */
  dispose() {
    this.#instance = undefined;
  }
}
