// SPDX-License-Identifier: Apache-2.0
// What the module answers: the package's own types, under the names that the page uses.
export type {
  Bundle,
  CacheRow,
  Created,
  Explanation,
  ExplainLink,
  Failure,
  Files,
  Relabelling,
  RelabelStep,
  Result as RunResult,
  Sample as StoredSample,
  SeriesRow,
  State as EngineState,
  StateRequest,
} from 'stalemark-wasm';

/** Something wrong with a file. Line and column count from 1; 0: the whole file. */
export interface Problem {
  file: string;
  line: number;
  column: number;
  message: string;
}

/** An error with its place in a file, when it has one. */
export class EngineError extends Error {
  constructor(
    message: string,
    readonly file = '',
    readonly line = 0,
    readonly column = 0,
  ) {
    super(message);
  }
}
