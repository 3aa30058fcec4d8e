// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Samples } from '../trace/series';
import { chartData, instantQuery } from './chart-data';

function samples(rows: [number, number | 'stale'][]): Samples {
  return {
    ms: Float64Array.from(rows, ([ms]) => ms),
    values: Float64Array.from(rows, ([, value]) => (value === 'stale' ? NaN : value)),
    stale: Uint8Array.from(rows, ([, value]) => (value === 'stale' ? 1 : 0)),
    event: Uint32Array.from(rows, (_, at) => 10 * at),
    stored: Uint32Array.from(rows, (_, at) => 10 * at + 5),
  };
}

describe('the instant query', () => {
  const some = samples([
    [0, 1],
    [15_000, 2],
    [30_000, 'stale'],
  ]);
  const rows: [string, number, ReturnType<typeof instantQuery>][] = [
    ['before the first', -1, { kind: 'none', ms: null }],
    ['at a sample', 15_000, { kind: 'value', value: 2, ms: 15_000 }],
    ['between', 14_999, { kind: 'value', value: 1, ms: 0 }],
    ['after the marker', 40_000, { kind: 'marker', ms: 30_000 }],
    ['5 minutes later', 330_000, { kind: 'none', ms: 30_000 }],
  ];
  for (const [name, ms, answer] of rows) it(name, () => expect(instantQuery(some, ms, 1000)).toEqual(answer));

  it('sees no sample of an open transaction', () => {
    expect(instantQuery(some, 40_000, 24)).toEqual({ kind: 'value', value: 2, ms: 15_000 });
  });
});

describe('the chart', () => {
  it('ends both lines at a marker', () => {
    const data = chartData(samples([[0, 1], [15_000, 'stale']]), 30_000, 60_000);
    expect(data).toMatchObject({ x: [0, 15, 60], samples: [1, null, undefined], query: [1, null, null], markers: [15] });
  });

  it('goes on with the query for 5 minutes over a gap', () => {
    const data = chartData(samples([[0, 1], [400_000, 2]]), 30_000, 400_000);
    expect(data.x).toEqual([0, 15, 300, 400]);
    expect(data.samples).toEqual([1, null, undefined, 2]);
    expect(data.query).toEqual([1, 1, null, 2]);
  });
});
