// SPDX-License-Identifier: Apache-2.0
// What the module answers (docs/design/visualizer.md). Nanoseconds are decimal strings, value bits hex strings.

/** Path to text, or to bytes that are not UTF-8. */
export type Files = Record<string, string | { base64: string }>;

/** All files of a scenario and which of them it is. */
export interface Bundle {
  files: Files;
  scenario: string;
}

export interface Created {
  name: string;
  start_ms: number;
  duration_ns: string;
  seed: number | string;
  notes: string[];
}

/** Something wrong with a file. Line and column count from 1; 0: the whole file. */
export interface Problem {
  file: string;
  line: number;
  column: number;
  message: string;
}

export interface Failure {
  file: string;
  line: number;
  kind: string;
  subject: string;
  message: string;
  detail: string;
  at_ns: string | null;
  series: string | null;
}

export interface RunResult {
  store_digest: string;
  trace_digest: string;
  samples: number;
  scrapes: number;
  targets: number;
  failures: Failure[];
  expectations: { passed: number; failed: number };
}

export interface Progress {
  at_ns: string;
  done: boolean;
  next_ns: string | null;
}

export interface SeriesRow {
  id: number;
  labels: Record<string, string>;
  samples: number;
  first_ms: number;
  last_ms: number;
}

export interface StoredSample {
  t_ms: number;
  bits: string;
  text: string;
  stale: boolean;
  histogram?: string;
}

export interface ExplainLink {
  kind: string;
  at_seconds?: number;
  scrape?: number;
  line?: number;
  column?: number;
  rule?: number;
  series?: string;
  text: string;
}

/** docs/formats/explain.md */
export interface Explanation {
  subject: string;
  at_seconds: number;
  t_ms?: number;
  outcome: 'sample' | 'stale_marker' | 'none' | 'target_active' | 'target_absent';
  reason: string;
  headline: string;
  chain: ExplainLink[];
  instant_query?: { text: string; t_ms?: number; value?: string };
  next?: string[] | string;
}

export interface TargetState {
  loop: number;
  state: 'offset' | 'scraping' | 'waiting' | 'leaving' | 'end_of_run' | 'ended';
  next_ns: string | null;
  scrapes: number;
  [key: string]: unknown;
}

export interface CacheRow {
  raw: string;
  labels: Record<string, string>;
  ref: number | string;
  entry: number;
  set: 'current' | 'previous' | 'dropped' | 'unseen';
}

export interface EngineState {
  at_ns: string;
  wall_ms: number;
  config: { applied: number; error: string };
  targets: TargetState[];
  metrics: Record<string, number | string>;
  head: { series: number; samples: number; min_ms: number; max_ms: number };
  cache?: {
    loop: number;
    iteration: number;
    entries: number;
    current: number;
    previous: number;
    dropped: number;
    rows: CacheRow[];
  };
  chunks?: { encoding: string; samples: number; min_ms: number; max_ms: number; bytes: string }[];
}

export interface StateRequest {
  cache?: { loop: number; match?: string; from?: number; limit?: number };
}

export interface RelabelStep {
  rule: number;
  config: string;
  before: Record<string, string>;
  after: Record<string, string>;
  dropped: boolean;
  text: string;
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
