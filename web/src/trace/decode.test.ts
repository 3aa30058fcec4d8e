// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeTrace, ScrapeFlag } from './decode';
import { Kind, kStaleBits } from './kinds';
import { decodeLabels, Reader } from './reader';
import { Trace, lowerBound, upperBound } from './trace';

const open = (name: string): Trace => new Trace(decodeTrace(readFileSync(new URL(`./testdata/${name}.trace`, import.meta.url))));

/** The example of docs/formats/trace.md. */
const kExample =
  '53544d4b03 2a060a 0104706f6f6c 01125f5f6e616d655f5f027570036a6f620178'.replace(
    '01125f5f',
    '0112085f5f',
  ) + '09687474703a2f2f682f 1e140601 0e0a06 0101 09687474703a2f2f682f 160c02 0100 0a746578742f706c61696e 084d 0475702031' +
  '120c00 0200 0a746578742f706c61696e 084d 00 1f0e00 01000000 01 ffffffffffffffffff01 828080808080 80f87f 0000 000000 050f00 010100';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/ /g, ''), 'hex'));

describe('the example of the format', () => {
  const trace = new Trace(decodeTrace(hex(kExample)));

  it('has its events', () => {
    expect([...trace.columns.events.kind]).toEqual([6, 10, 12, 12, 14, 15]);
    expect([...trace.columns.events.ns]).toEqual([5, 8, 9, 9, 9, 9]);
  });

  it('has the loop', () => {
    expect(trace.loop(1)).toMatchObject({
      pool: 'pool',
      labels: { __name__: 'up', job: 'x' },
      address: 'h',
      intervalNs: 15,
      timeoutNs: 10,
      waitNs: 3,
    });
    expect(trace.event(0).fields.cache_reused).toBe(true);
  });

  it('keeps bits, bodies and label sets', () => {
    expect(trace.event(4).fields).toMatchObject({ labels: { __name__: 'up', job: 'x' }, value_bits: '7ff0000000000002' });
    expect(new TextDecoder().decode(trace.body(String(trace.event(3).fields.body_hash)))).toBe('up 1');
  });
});

describe('a run', () => {
  const trace = open('exporter-restart');

  it('has its scrapes with their ends', () => {
    const { scrape, scrapes } = trace.columns;
    expect(scrapes).toBe(11);
    expect([...scrape.error.subarray(1)].map(Number)).toEqual([0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0]);
    expect([...scrape.markers.subarray(1)]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    expect(scrape.flags[5] & ScrapeFlag.committed).toBeTruthy();
    expect([...trace.scrapesOfLoop(1)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('finds the samples of a series', () => {
    const events = [...trace.eventsOfScrape(5)].map((index) => trace.event(index));
    const marker = events.find((event) => event.kind === Kind.sampleAppended && event.fields.origin === 1)!;
    expect(marker.fields).toMatchObject({ value_bits: kStaleBits, verdict: 0 });
    const set = trace.columns.events.set[marker.index];
    expect(trace.labels(set)).toEqual({ __name__: 'requests_total', code: '200', instance: 'app-1:8080', job: 'app' });
    expect([...trace.eventsOfSet(set)].filter((index) => trace.columns.events.kind[index] === Kind.sampleAppended)).toHaveLength(9);
  });

  it('knows the wall clock of the start', () => {
    expect(trace.startMs()).toBe(Date.UTC(2026, 0, 1));
  });

  it('reads every field of every event', () => {
    for (const name of ['exporter-restart', 'reload-relabelling', 'commit-error']) {
      const other = open(name);
      for (let index = 0; index < other.count; ++index) {
        for (const value of Object.values(other.event(index).fields)) expect(value).not.toBeNull();
      }
    }
  });

  it('counts the scrapes of a target, also across loops', () => {
    const other = open('reload-relabelling');
    const { scrape, scrapes } = other.columns;
    const rows = [...Array(scrapes).keys()].map((row) => row + 1);
    const begun = rows.filter((row) => (scrape.flags[row] & ScrapeFlag.endOfRun) === 0);
    const target = (row: number): string => `${other.loop(scrape.loop[row])!.pool} ${other.loop(scrape.loop[row])!.set}`;
    expect(begun.map((row) => other.numberOf(row))).toEqual(begun.map((row) => begun.filter((one) => one <= row && target(one) === target(row)).length));
    expect(begun.some((row) => other.numberOf(row) !== row)).toBe(true);
    expect(rows.filter((row) => !begun.includes(row)).every((row) => other.numberOf(row) === 0)).toBe(true);
    expect(other.numberOf(0)).toBe(0);
  });

  it('stores nothing of a commit that failed', () => {
    const other = open('commit-error');
    const { kind, scrape } = other.columns.events;
    const undone = [...kind.keys()].filter((event) => kind[event] === Kind.sampleAppended && !other.transactionOf(event).committed);
    expect(undone.length).toBeGreaterThan(0);
    expect(undone.every((event) => (other.columns.scrape.flags[scrape[event]] & ScrapeFlag.rolledBack) !== 0)).toBe(true);
  });

  it('keeps a commit that failed as rolled back', () => {
    const { scrape, scrapes } = open('commit-error').columns;
    expect([...scrape.flags.subarray(1, scrapes + 1)].filter((flags) => flags & ScrapeFlag.rolledBack).length).toBeGreaterThan(0);
  });
});

describe('what is not a trace', () => {
  const rows: [string, Uint8Array, RegExp][] = [
    ['text', new TextEncoder().encode('name: x'), /not a trace/],
    ['another version', hex('53544d4b02'), /version 2, expected version 3/],
    ['a cut record', hex('53544d4b03 2a060a'), /cut at byte/],
    ['an unknown kind', hex('53544d4b03 02 63 00'), /unknown kind 99/],
  ];
  for (const [name, bytes, message] of rows) it(name, () => expect(() => decodeTrace(bytes)).toThrow(message));
});

describe('primitives', () => {
  it('reads numbers', () => {
    expect(new Reader(hex('ac02')).u64()).toBe(300);
    expect(new Reader(hex('03')).i64()).toBe(-2);
    expect(new Reader(hex('80808080808080f83f')).float64()).toBe(1);
    expect(new Reader(hex('80808080808080f83f')).hex64()).toBe('3ff0000000000000');
  });

  it('reads labels', () => expect(decodeLabels(hex('016103ff0200'.replace('03ff0200', '027a7a')))).toEqual({ a: 'zz' }));

  it('finds bounds', () => {
    expect(upperBound([1, 2, 2, 3], 2)).toBe(3);
    expect(lowerBound([1, 2, 2, 3], 2)).toBe(1);
  });
});
