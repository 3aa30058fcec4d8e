// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { decodeTrace } from '../trace/decode';
import { Kind } from '../trace/kinds';
import { Trace } from '../trace/trace';
import { Steps } from './steps';

const trace = new Trace(decodeTrace(readFileSync(new URL('../trace/testdata/exporter-restart.trace', import.meta.url))));
const steps = new Steps(trace, [108.2e9]);
const kinds = trace.columns.events.kind;

it('goes from event to event, and stops at the ends', () => {
  expect(steps.next('event', 1, -1)).toBe(0);
  expect(steps.next('event', -1, 0)).toBeNull();
  expect(steps.next('event', 1, trace.count - 1)).toBeNull();
});

it('goes from scrape to scrape', () => {
  const first = steps.next('scrape', 1, -1)!;
  expect(trace.event(first)).toMatchObject({ kind: Kind.scrapeStarted, scrape: 1 });
  const second = steps.next('scrape', 1, first)!;
  expect(steps.next('scrape', -1, second)).toBe(first);
});

it('goes to faults, markers and failed expectations', () => {
  expect(kinds[steps.next('fault', 1, 0)!]).toBe(Kind.scenarioEvent);
  expect(trace.event(steps.next('marker', 1, 0)!)).toMatchObject({ scrape: 5, fields: { origin: 1 } });
  expect(trace.event(steps.next('failure', 1, 0)!).scrape).toBe(7);
});

it('stays within a lane', () => {
  const inLane = steps.next('event', 1, -1, 1)!;
  expect(kinds[inLane]).toBe(Kind.loopStarted);
  expect(steps.next('scrape', 1, -1, 2)).toBeNull();
});
