// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { decodeTrace } from '../trace/decode';
import { Trace } from '../trace/trace';
import { linesAround } from './event-text';

const trace = new Trace(decodeTrace(readFileSync(new URL('../trace/testdata/exporter-restart.trace', import.meta.url))));

it('tells a scrape in lines, runs of samples in one', () => {
  const list = trace.eventsOfScrape(1);
  const lines = linesAround(trace, list, list.length - 1, 60, 0);
  expect(lines.map((line) => line.text)).toEqual([
    'scrape 1, on time',
    'GET http://app-1:8080/metrics',
    '200 OK',
    'body of 30 B, text/plain',
    '1 sample appended, 1 series new',
    '5 report samples appended',
    'up: 1 sample in 0 ns',
    'committed',
  ]);
});

it('names the marker and the error of a failed scrape', () => {
  const list = trace.eventsOfScrape(5);
  const text = linesAround(trace, list, list.length - 1, 60, 0).map((line) => `${line.glyph} ${line.text}`);
  expect(text).toContain('◆ stale marker: requests_total{code="200",instance="app-1:8080",job="app"}');
  expect(text.some((line) => line.startsWith('✗ down, transport: Get "http://app-1:8080/metrics"'))).toBe(true);
});

it('is bounded on both sides', () => {
  const lines = linesAround(trace, null, 60, 5, 3);
  expect(lines.length).toBeLessThanOrEqual(9);
  expect(lines.some((line) => line.first <= 60 && line.last >= 60)).toBe(true);
});
