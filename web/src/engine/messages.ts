// SPDX-License-Identifier: Apache-2.0
// What the page asks the worker, and what it answers. A branch is one scenario: a judge that has played it to its end and
// a player that stands where the page last looked. Answers that nobody awaits any more are cancelled by `cancel`.
import type { Columns } from '../trace/decode';
import type {
  Bundle,
  Created,
  EngineState,
  Explanation,
  Problem,
  Relabelling,
  RunResult,
  SeriesRow,
  StateRequest,
  StoredSample,
} from './types';

export interface Loaded {
  created: Created;
  columns: Columns;
  result: RunResult;
}

/** Each call: its parameters and its answer. */
export interface Calls {
  open: { ask: { branch: number; bundle: Bundle }; answer: Loaded };
  close: { ask: { branch: number }; answer: null };
  check: { ask: { bundle: Bundle }; answer: Problem[] };
  decode: { ask: { bytes: Uint8Array }; answer: Columns };
  series: {
    ask: { branch: number; match: string; from: number; limit: number };
    answer: { total: number; series: SeriesRow[] };
  };
  samples: { ask: { branch: number; id: number }; answer: { labels: Record<string, string>; samples: StoredSample[] } };
  explain: { ask: { branch: number; series: string; at_ns: string; storage?: number }; answer: Explanation };
  state: { ask: { branch: number; at_ns: string; request: StateRequest }; answer: EngineState };
  relabel: { ask: { branch: number; at_ns: string; loop: number; series?: string }; answer: Relabelling };
  /** The bundle in which `event` (YAML or JSON of an event without `at`) happens at the instant. */
  inject: { ask: { branch: number; at_ns: string; event: Record<string, unknown> }; answer: { text: string; bundle: Bundle } };
  statistics: { ask: { branch: number }; answer: { copies: number; copyBytes: number; memoryBytes: number; lastSeekMs: number } };
}

export type Method = keyof Calls;
export type Ask<M extends Method> = Calls[M]['ask'];
export type Answer<M extends Method> = Calls[M]['answer'];

export interface Request {
  id: number;
  method: Method;
  ask: unknown;
}

export type ToWorker = Request | { cancel: number } | { start: EngineSource };

export type FromWorker =
  | { id: number; answer: unknown }
  | { id: number; error: { message: string; file: string; line: number; column: number; cancelled: boolean } }
  | { progress: { branch: number; atNs: number; endNs: number } };

/** Where the worker finds the module's bytes. */
export interface EngineSource {
  wasm: string | ArrayBuffer;
}

/** What the session needs of an engine: the worker, or a stand-in of a test. */
export interface Engine {
  call<M extends Method>(method: M, ask: Ask<M>, latest?: string): Promise<Answer<M>>;
}

export class Cancelled extends Error {}
