// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeTrace } from '../trace/decode';
import { seriesText } from '../trace/labels-text';
import { Trace } from '../trace/trace';
import { compareTraces, stripOf } from './compare';

const open = (name: string): Trace => new Trace(decodeTrace(readFileSync(new URL(`../trace/testdata/${name}.trace`, import.meta.url))));

describe('two branches', () => {
  const restart = open('exporter-restart');

  it('that are the same have no difference', () => {
    const { series, same, samples, markers, targets } = compareTraces(restart, open('exporter-restart'));
    expect(series).toEqual([]);
    expect(same).toBe(6);
    expect([samples.a - samples.b, markers]).toEqual([0, { a: 1, b: 1 }]);
    expect(targets.map(({ differs }) => differs)).toEqual([false]);
  });

  it('that are not, differ from the first sample on that only one has', () => {
    const { series, targets } = compareTraces(restart, open('commit-error'));
    const up = series.find((row) => row.series === 'up{instance="app-1:8080",job="app"}');
    expect(up?.firstMs).toBeGreaterThan(0);
    expect(targets.find(({ target }) => target.startsWith('app '))?.a).toMatchObject({ up: 8, down: 3 });
    expect(series.map(({ firstMs }) => firstMs)).toEqual([...series.map(({ firstMs }) => firstMs)].sort((a, b) => a - b));
  });

  it('have a strip of marks, one for each place at most', () => {
    const marks = stripOf(restart, [1], 180e9, 250);
    expect(marks.filter(({ kind }) => kind === 'bad')).toHaveLength(3);
    expect(marks.filter(({ kind }) => kind === 'marker')).toHaveLength(1);
    expect(stripOf(restart, [1], 180e9, 1).filter(({ kind }) => kind !== 'marker')).toHaveLength(1);
  });
});

describe('a label set', () => {
  const cases: { name: string; labels: Record<string, string>; text: string }[] = [
    { name: 'without labels', labels: { __name__: 'up' }, text: 'up' },
    { name: 'sorted by name', labels: { job: 'a', __name__: 'up', code: '2' }, text: 'up{code="2",job="a"}' },
    { name: 'with a name to quote', labels: { __name__: 'a.b', job: 'c' }, text: '{"a.b",job="c"}' },
    { name: 'with a label to quote', labels: { __name__: 'up', 'x.y': '1' }, text: 'up{"x.y"="1"}' },
    { name: 'with marks to escape', labels: { __name__: 'up', a: 'b"\\\n' }, text: 'up{a="b\\"\\\\\\n"}' },
    { name: 'without a name', labels: { job: 'a' }, text: '{job="a"}' },
    { name: 'without anything', labels: {}, text: '{}' },
  ];
  for (const { name, labels, text } of cases) it(`${name} is written as an exposition does`, () => expect(seriesText(labels)).toBe(text));
});
