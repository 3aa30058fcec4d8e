// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeTrace } from '../trace/decode';
import { Trace } from '../trace/trace';
import { healthAt, outsideOf, poolsOf } from './lanes';
import { layout, rowAt } from './layout';
import { scrapeNear, type Scene } from './paint';
import { ticks, tickStep, tickText } from './ruler';

const open = (name: string): Trace =>
  new Trace(decodeTrace(readFileSync(new URL(`../trace/testdata/${name}.trace`, import.meta.url))));
const kStart = Date.UTC(2026, 0, 1);

describe('the ruler', () => {
  it('has ticks at least so far apart, on round times', () => {
    const step = tickStep(2e8, 90);
    expect(step).toBe(30e9);
    expect(ticks(kStart, 1e9, 100e9, step)).toEqual([30e9, 60e9, 90e9]);
  });

  const rows: [string, number, number, string][] = [
    ['days', 864e11, 864e11, '01-02'],
    ['minutes', 6e10, 6e10, '00:01'],
    ['seconds', 15e9, 5e9, '00:00:15'],
    ['milliseconds', 18_139e6, 1e6, '00:18.139'],
    ['microseconds', 18_139_630_936, 1e3, '18.139630'],
  ];
  for (const [name, ns, step, text] of rows) it(`writes ${name}`, () => expect(tickText(kStart, ns, step)).toBe(text));
});

describe('lanes', () => {
  const trace = open('exporter-restart');
  const [pool] = poolsOf(trace);
  const [lane] = pool.lanes;

  it('have a mark for each scrape, by how it ended', () => {
    expect([...lane.fine.row]).toEqual([1, 2, 3, 4, 8, 9, 10, 11]);
    expect([...lane.failed.row]).toEqual([5, 6, 7]);
    expect([...lane.stale.row]).toEqual([5]);
  });

  it('know the health of a target', () => {
    expect([0, 6e9, 20e9, 80e9, 125e9].map((ns) => healthAt(trace, lane, ns))).toEqual(['gone', 'unknown', 'up', 'down', 'up']);
  });

  it('find the scrape under the pointer', () => {
    const scene = { trace, from: 0, to: 100e9, left: 0, width: 1000 } as Scene;
    expect(scrapeNear(scene, lane, 183)).toBe(1);
    expect(scrapeNear(scene, lane, 250)).toBe(0);
  });

  it('put a fault where it lasts', () => {
    expect(outsideOf(trace, 180e9).bands).toMatchObject([{ from: 70e9, to: 115e9, address: 'app-1:8080', text: 'refuse, for 45s', mild: false }]);
  });

  it('flag a reload', () => {
    const other = open('reload-relabelling');
    expect(outsideOf(other, 180e9).flags.map((flag) => flag.text)).toContain('reload');
  });

  it('are one row when their pool is folded', () => {
    const folded = layout([pool], new Set([pool.name]));
    expect(folded.rows).toHaveLength(1);
    expect(folded.rows[0].lanes).toEqual([lane]);
    const unfolded = layout([pool], new Set());
    expect(rowAt(unfolded.rows, unfolded.height - 1)?.lanes).toEqual([lane]);
  });
});
