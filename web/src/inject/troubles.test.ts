// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventOf, kTroubles } from './troubles';

const kSchema = fs.readFileSync(path.resolve(import.meta.dirname, '../../../docs/formats/scenario.schema.json'), 'utf8');

/** The list of exporters' faults in the schema, by one of its words: the other one is that of drawn faults. */
function enumWith(word: string): string[] {
  const lists = [...kSchema.matchAll(/"enum": (\[[^\]]*\])/g)].map((match) => JSON.parse(match[1]) as string[]);
  return lists.filter((list) => list.includes(word) && !list.includes('pause'))[0];
}

describe('what can be injected', () => {
  it('is every fault that a scenario knows', () => {
    const known = enumWith('redirect_loop');
    const here = kTroubles.filter(({ group, id }) => group === 'The exporter' && id !== 'restart').map(({ id }) => id);
    expect([...here].sort()).toEqual([...known].sort());
  });

  const cases: { name: string; id: string; values: Record<string, string>; lasting: string; event: unknown }[] = [
    { name: 'a fault that ends', id: 'refuse', values: {}, lasting: '45s', event: { exporter: 'a:1', fault: 'refuse', for: '45s' } },
    { name: 'a fault that stays', id: 'status', values: { status: '503' }, lasting: '', event: { exporter: 'a:1', fault: 'status', status: 503 } },
    { name: 'a jump of the clock', id: 'clock_step', values: { step: '-3s' }, lasting: '9s', event: { clock: { step: '-3s' } } },
    { name: 'a reload', id: 'reload', values: {}, lasting: '', event: { reload: null } },
    { name: 'a restart', id: 'restart', values: { restart: '10s' }, lasting: '', event: { exporter: 'a:1', restart: '10s' } },
    { name: 'a pause', id: 'pause', values: { pause: '40s' }, lasting: '', event: { pause: '40s' } },
  ];
  for (const { name, id, values, lasting, event } of cases) {
    it(`is ${name}`, () => {
      const trouble = kTroubles.find((each) => each.id === id);
      expect(trouble && eventOf(trouble, 'a:1', values, lasting)).toEqual(event);
    });
  }
});
