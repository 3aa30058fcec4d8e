// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { CacheRow } from '../engine/types';
import { exposedSeries } from './body-lines';
import { cacheDiff } from './cache-diff';
import { labelChanges } from './label-changes';

const row = (entry: number, set: CacheRow['set']): CacheRow => ({ raw: `s${entry}`, labels: {}, ref: entry, entry, set, tracked: true });

it('tells what came, left and stayed, changes first', () => {
  const before = [row(1, 'previous'), row(2, 'previous'), row(3, 'unseen'), row(4, 'previous')];
  const now = [row(1, 'previous'), row(2, 'unseen'), row(3, 'previous'), row(5, 'previous')];
  expect(cacheDiff(before, now).map(({ row: { entry }, change }) => [entry, change])).toEqual([
    [2, 'left'],
    [4, 'gone'],
    [3, 'back'],
    [5, 'new'],
    [1, 'same'],
  ]);
});

it('cuts the value off an exposed line', () => {
  const rows: [string, string][] = [
    ['up 1', 'up'],
    ['a{b="c d"} 2 3', 'a{b="c d"}'],
    ['a{b="}\\""} 1', 'a{b="}\\""}'],
    ['{"a.b",c="d"} 1', '{"a.b",c="d"}'],
  ];
  for (const [line, series] of rows) expect(exposedSeries(line)).toBe(series);
});

it('compares labels by name', () => {
  expect(labelChanges({ a: '1', b: '2', c: '3' }, { a: '1', b: '4', d: '5' })).toEqual([
    { name: 'b', kind: 'changed', before: '2', after: '4' },
    { name: 'c', kind: 'removed', before: '3' },
    { name: 'd', kind: 'added', after: '5' },
  ]);
});
