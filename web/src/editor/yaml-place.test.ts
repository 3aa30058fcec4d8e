// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SchemaGuide, type Schema } from './schema';
import { placeAt } from './yaml-place';

const guide = new SchemaGuide(JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, '../../../docs/formats/scenario.schema.json'), 'utf8')) as Schema);

/** `|` is the position. */
function at(text: string): { path: string; value: boolean; present: string[] } {
  const position = text.indexOf('|');
  const place = placeAt(text.slice(0, position) + text.slice(position + 1), position);
  return { path: place.path.map((step) => (typeof step === 'string' ? step : '-')).join(' '), value: place.value, present: place.present };
}

describe('a position in YAML', () => {
  const cases = [
    { name: 'at the top', text: 'name: a\n|', path: '', value: false },
    { name: 'within a word at the top', text: 'name: a\ndur|', path: '', value: false },
    { name: 'in a mapping', text: 'prometheus:\n  host|', path: 'prometheus', value: false },
    { name: 'behind a key', text: 'prometheus:\n  profile: |', path: 'prometheus profile', value: true },
    { name: 'in an item of a list', text: 'events:\n  - at: 1m\n    fault: re|', path: 'events - fault', value: true },
    { name: 'at the first key of an item', text: 'events:\n  - |', path: 'events -', value: false },
    { name: 'in a list at the column of its key', text: 'events:\n- at: 1m\n  f|', path: 'events -', value: false },
    { name: 'in a flow mapping', text: 'events:\n  - {at: 1m, fa|', path: 'events -', value: false },
    { name: 'behind a key of a flow mapping', text: 'events:\n  - {at: 1m, fault: |', path: 'events - fault', value: true },
    { name: 'in a flow mapping of a key', text: 'prometheus:\n  config: x\nstorage: {|', path: 'storage', value: false },
    { name: 'in a nested flow mapping', text: 'expect:\n  targets:\n    active: [{pool: a, |', path: 'expect targets active -', value: false },
    { name: 'below an exporter whose name has a colon', text: 'exporters:\n  app-1:8080:\n    lat|', path: 'exporters app-1:8080', value: false },
    { name: 'after a comment and a blank line', text: 'prometheus:\n  # here\n\n  |', path: 'prometheus', value: false },
    { name: 'after a deeper mapping has ended', text: 'prometheus:\n  flags:\n    a: b\n  |', path: 'prometheus', value: false },
    { name: 'in a mapping of an item that began above', text: 'expect:\n  samples:\n    - series: up\n      |', path: 'expect samples -', value: false },
  ];
  for (const { name, text, path: expected, value } of cases) it(`${name} has a path`, () => expect(at(text)).toMatchObject({ path: expected, value }));

  it('knows the keys that are there', () => {
    expect(at('name: a\n|\nseed: 1\nprometheus:\n  config: b\n').present.sort()).toEqual(['name', 'prometheus', 'seed']);
    expect(at('events:\n  - {at: 1m, fault: refuse, |').present).toEqual(['at', 'fault']);
  });
});

describe('the schema', () => {
  const keys = (text: string): string[] => guide.keys(placeAt(text, text.length).path).map((choice) => choice.text);
  const values = (text: string): string[] => guide.values(placeAt(text, text.length).path).map((choice) => choice.text);

  it('names the keys of a scenario, of an exporter, of an event', () => {
    expect(keys('')).toEqual(expect.arrayContaining(['name', 'duration', 'prometheus', 'exporters', 'events', 'expect']));
    expect(keys('exporters:\n  a:1:\n    ')).toEqual(expect.arrayContaining(['fixture', 'series', 'template', 'latency', 'format']));
    expect(keys('events:\n  - ')).toEqual(expect.arrayContaining(['at', 'exporter', 'fault', 'reload', 'clock']));
  });

  it('names the words of a value', () => {
    expect(values('events:\n  - fault: ')).toEqual(expect.arrayContaining(['refuse', 'redirect_loop']));
    expect(values('prometheus:\n  features:\n    - ')).toContain('exemplar-storage');
    expect(values('exporters:\n  a:1:\n    format: ')).toEqual(expect.arrayContaining(['openmetrics', 'protobuf']));
  });

  it('says what a key means', () => {
    expect(guide.keys([]).find(({ text }) => text === 'duration')?.about).toContain('run ends');
  });
});
