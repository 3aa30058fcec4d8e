// SPDX-License-Identifier: Apache-2.0
// Types of stalemark-wasm; docs/design/visualizer.md tells what the answers mean. Nanoseconds since the start of a run are
// decimal strings, the bits of values 16 hex digits: JavaScript's numbers lose either.

/** Path to text, or to bytes that are not UTF-8. */
export type Files = Record<string, string | { base64: string }>;

/** All files of a scenario, and which of them it is. */
export interface Bundle {
  files: Files;
  scenario: string;
}

export type Role = 'judge' | 'player';

export interface Options {
  role?: Role;
  /** A compiled stalemark.wasm; otherwise the one beside the package is loaded, once. */
  module?: WebAssembly.Module;
}

export interface Created {
  name: string;
  start_ms: number;
  duration_ns: string;
  seed: number;
  notes: string[];
}

/** Line and column count from 1; 0: the file as a whole. */
export interface Failure {
  file: string;
  line: number;
  column: number;
  kind: string;
  subject: string;
  message: string;
  detail: string;
  next: string;
  /** Where in the run the first difference is seen; absent: the run as a whole. */
  at_ns?: string;
  /** In which series; absent: no single one. */
  series?: string;
}

export interface Progress {
  at_ns: string;
  done: boolean;
  next_ns: string | null;
}

export interface Result {
  store_digest: string;
  trace_digest: string;
  samples: number;
  scrapes: number;
  targets: number;
  failures: Failure[];
  expectations: { passed: number; failed: number };
}

export type Labels = Record<string, string>;

export interface SeriesRequest {
  /** A selector if it has braces, else a part of the series' text. */
  match?: string;
  from?: number;
  limit?: number;
}

export interface SeriesRow {
  id: number;
  series: string;
  labels: Labels;
  samples: number;
  first_ms: number;
  last_ms: number;
}

export interface Sample {
  t_ms: number;
  bits: string;
  text: string;
  stale: boolean;
  st_ms?: number;
  histogram?: string;
}

export interface ExplainRequest {
  series: string;
  at_ns: string | bigint;
  storage?: number;
}

/** docs/formats/explain.md */
export interface ExplainLink {
  kind: string;
  at_seconds?: number;
  /** In the trace. */
  scrape?: number;
  /** Of its target, as texts count it. */
  number?: number;
  line?: number;
  column?: number;
  rule?: number;
  last_rule?: number;
  series?: string;
  text: string;
}

export interface Explanation {
  subject: string;
  at_seconds: number;
  t_ms: number;
  outcome: 'sample' | 'stale_marker' | 'none' | 'target_active' | 'target_absent';
  reason: string;
  headline: string;
  chain: ExplainLink[];
  instant_query?: { text: string; t_ms?: number; value?: string };
  next?: string;
}

export type LoopState = 'new' | 'offset' | 'scraping' | 'waiting' | 'leaving' | 'end_of_run' | 'ended';

export interface Target {
  pool: string;
  dropped: boolean;
  discovered_labels: Labels;
  labels: Labels;
  /** Of a dropped one. */
  dropped_by?: string;
  /** The rest: of the others. */
  scrape_url?: string;
  health?: 'up' | 'down' | 'unknown';
  last_error?: string;
  interval_ns?: string;
  timeout_ns?: string;
  loop?: number;
  state?: LoopState;
  next_ns?: string | null;
  scrapes?: number;
}

export interface CacheRequest {
  loop: number;
  /** A part of the exposed bytes. */
  match?: string;
  from?: number;
  limit?: number;
}

export interface StateRequest {
  cache?: CacheRequest;
  chunks?: { id: number };
  /** The WAL records of a scrape that was committed at this instant. */
  commits?: { scrape: number };
}

export interface CacheRow {
  raw: string;
  labels: Labels;
  ref: number;
  entry: number;
  set: 'current' | 'previous' | 'dropped' | 'unseen';
  tracked: boolean;
}

export interface Cache {
  loop: number;
  iteration: number;
  entries: number;
  current: number;
  previous: number;
  dropped: number;
  unseen: number;
  /** Rows that match; `rows` is a page of them. */
  total: number;
  rows: CacheRow[];
}

export interface Chunk {
  encoding: 'XOR' | 'histogram' | 'floathistogram' | 'XOR2' | 'histogramST' | 'floathistogramST';
  samples: number;
  min_ms: number;
  max_ms: number;
  /** In hex. */
  bytes: string;
}

export interface State {
  at_ns: string;
  wall_ms: number;
  config: { applied: number; error: string };
  targets: Target[];
  /** Infinities and NaN as texts. */
  metrics: Record<string, number | string>;
  head: { series: number; samples: number; min_ms: number | null; max_ms: number | null };
  cache?: Cache;
  chunks?: Chunk[];
  /** A scrape may have two: its body's and its report's. */
  commits?: { records: WalRecord[] }[];
}

export interface WalRecord {
  /** `series`, `samples`, .. */
  type: string;
  /** In bytes. */
  size: number;
  /** In hex; the first 64 KiB. */
  bytes: string;
}

/** By loop, or by place in the state's list of targets, which has dropped ones too. */
export interface RelabelRequest {
  loop?: number;
  target?: number;
  /** A series as it is exposed: its metric_relabel_configs. */
  series?: string;
}

export interface RelabelStep {
  rule: number;
  action: string;
  /** The rule as JSON. */
  config: string;
  before: Labels;
  after: Labels;
  dropped: boolean;
  text: string;
}

export interface Relabelling {
  rules: 'relabel_configs' | 'metric_relabel_configs';
  before: Labels;
  steps: RelabelStep[];
  after: Labels;
  dropped: boolean;
}

export interface Injected {
  /** The event as it stands in the scenario now. */
  event: string;
}

/** Line 0: no place is known. */
export class StalemarkError extends Error {
  constructor(message: string, file?: string, line?: number, column?: number);
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Compiles the module: from its bytes, its address, or a response. */
export function compile(
  source: WebAssembly.Module | ArrayBuffer | ArrayBufferView | URL | string | Response,
): Promise<WebAssembly.Module>;

/** One run of a scenario. Every call may throw a StalemarkError; the run is as it was before then. */
export class Run {
  private constructor();
  /** A judge keeps the trace and gives the verdict, a player answers the state and takes events. */
  static create(bundle: Bundle, options?: Options): Promise<Run>;
  /** What is wrong with a bundle; runs nothing. */
  static check(bundle: Bundle, options?: { module?: WebAssembly.Module }): Promise<Failure[]>;

  readonly created: Created;
  readonly role: Role;
  /** Bytes of linear memory. */
  readonly memoryBytes: number;

  /** To a time in nanoseconds since the start, or to the end. */
  runTo(atNs?: string | bigint): Progress;
  /** To the next instant at which something is due. */
  step(): Progress;
  /** What the trace has grown by since the last call (judge). */
  trace(): Uint8Array;
  /** The verdict, once the judge is done. */
  result(): Result;
  series(request?: SeriesRequest): { total: number; series: SeriesRow[] };
  samples(id: number): { series: string; labels: Labels; samples: Sample[] };
  explain(request: ExplainRequest): Explanation;
  state(request?: StateRequest): State;
  relabel(request: RelabelRequest): Relabelling;
  /** An event as in a scenario file, without `at`: it happens now (player). */
  inject(event: Record<string, unknown>): Injected;
  /** The bundle's files, with what was injected written into the scenario. */
  files(): Files;

  /** A copy of the memory in use. */
  snapshot(): Uint8Array;
  /** Becomes what the snapshot, whole or in parts, was taken of, by this run or another one of the same bundle. */
  restore(snapshot: Uint8Array | readonly Uint8Array[]): void;
  /** Another run that stands where this one does. */
  branch(): Promise<Run>;
  /** Lets go of the memory; no call may follow. */
  dispose(): void;
}
