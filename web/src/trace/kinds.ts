// SPDX-License-Identifier: Apache-2.0
// The kinds of events and their fields, in the order of docs/formats/trace.md. One letter a field:
// u u64 as number, h u64 as 16 hex digits, i i64 as number, s u8, b bool, t text, l labels.
export type FieldType = 'u' | 'h' | 'i' | 's' | 'b' | 't' | 'l';

export interface KindShape {
  name: string;
  fields: readonly (readonly [name: string, type: FieldType])[];
}

function shape(name: string, fields: string): KindShape {
  const pairs = fields.split(' ').filter(Boolean).map((field) => field.split(':') as [string, FieldType]);
  return { name, fields: pairs };
}

export const kKinds: readonly KindShape[] = [
  shape('ConfigApplied', 'error:t'),
  shape('TargetsReceived', 'jobs:u'),
  shape('PoolCreated', 'pool:t error:t'),
  shape('PoolStopped', 'pool:t'),
  shape('PoolSynced', 'pool:t active:u dropped:u failed:u'),
  shape('TargetRefused', 'pool:t discovered:l error:t'),
  shape('LoopStarted', 'loop:u pool:t labels:l url:t interval_ns:i timeout_ns:i wait_ns:i cache_reused:b'),
  shape('LoopStopped', 'loop:u end_of_run_pending:b'),
  shape('EndOfRun', 'loop:u scrape:u abandoned:b t_ms:i'),
  shape('ScrapeStarted', 'loop:u scrape:u t_ms:i late_ns:i on_shutdown:b forced_error:t'),
  shape('RequestSent', 'scrape:u hop:u url:t'),
  shape('HeadReceived', 'scrape:u hop:u status:t'),
  shape('FetchFinished', 'scrape:u error:t content_type:t body_bytes:i body_hash:h body:t'),
  shape('SeriesCached', 'scrape:u entry:u offset:u dropped:b labels:l'),
  shape(
    'SampleAppended',
    'scrape:u origin:s entry:u offset:u labels:l t_ms:i value_bits:h verdict:s error:t st_ms:i histogram:t exemplars:t',
  ),
  shape('TransactionEnded', 'scrape:u committed:b error:t'),
  shape(
    'ScrapeFinished',
    'loop:u scrape:u error_kind:s error:t duration_ns:i samples_scraped:u samples_post_relabel:u series_added:u stale_markers:u',
  ),
  shape('ScenarioEvent', 'text:t'),
  shape('ParseFailed', 'scrape:u error:t offset:u line:u column:u bytes:t'),
  shape('ChoiceMade', 'point:s alternatives:u picked:u'),
  shape('EventPlanned', 'text:t'),
  shape('SeriesRefused', 'scrape:u offset:u labels:l error:t'),
];

export const Kind = {
  configApplied: 0,
  targetsReceived: 1,
  poolCreated: 2,
  poolStopped: 3,
  poolSynced: 4,
  targetRefused: 5,
  loopStarted: 6,
  loopStopped: 7,
  endOfRun: 8,
  scrapeStarted: 9,
  requestSent: 10,
  headReceived: 11,
  fetchFinished: 12,
  seriesCached: 13,
  sampleAppended: 14,
  transactionEnded: 15,
  scrapeFinished: 16,
  scenarioEvent: 17,
  parseFailed: 18,
  choiceMade: 19,
  eventPlanned: 20,
  seriesRefused: 21,
} as const;

/** `origin` of a sample. */
export const Origin = { scraped: 0, staleMarker: 1, report: 2 } as const;

export const kVerdicts = [
  'accepted',
  'out of order sample',
  'duplicate sample for timestamp',
  'out of bounds',
  'too old sample',
  'not found',
  'sample limit exceeded',
  'histogram bucket limit exceeded',
  'refused',
];

export const kErrorKinds = [
  '',
  'transport',
  'timeout',
  'http_status',
  'content_type',
  'body_limit',
  'parse',
  'sample_limit',
  'label_limit',
  'bucket_limit',
  'append',
  'other',
];

/** Error kinds that a limit of the configuration causes. */
export const kLimitErrors = new Set([5, 7, 8, 9]);

/** Bits of a stale marker. */
export const kStaleBits = '7ff0000000000002';
