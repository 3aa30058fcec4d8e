// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectBundle } from './bundle';
import { firstSentence, galleryEntries } from './gallery';

const kRoot = path.resolve(import.meta.dirname, '../..');

describe('the gallery', () => {
  const entries = galleryEntries(kRoot);

  it('has every scenario, each with a name and a sentence', () => {
    expect(entries.length).toBeGreaterThan(80);
    for (const entry of entries) {
      expect(entry.name, entry.scenario).not.toBe('');
      expect(entry.about.length, entry.scenario).toBeGreaterThan(15);
      expect(entry.about.length, entry.scenario).toBeLessThanOrEqual(202);
    }
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
  });

  it('begins with a story', () => {
    expect(entries[0]).toMatchObject({ group: 'stories', id: 'node_exporter.scenario' });
    expect(entries[1].scenario).toMatch(/\/scenario\.yml$/);
    expect(entries.at(-1)?.group).toBe('faults');
  });

  it('has all the bodies of a recording', () => {
    const { files } = collectBundle(kRoot, 'fixtures/scenarios/node_exporter/scenario.yml');
    const bodies = fs.readdirSync(path.join(kRoot, 'fixtures/node_exporter/bodies')).map((name) => `fixtures/node_exporter/bodies/${name}`);
    const own = ['scenario.yml', 'prometheus.yml'].map((name) => `fixtures/scenarios/node_exporter/${name}`);
    expect(Object.keys(files).sort()).toEqual([...bodies, ...own, 'fixtures/node_exporter/responses.json'].sort());
  });

  it('has what reloads and discovery name', () => {
    const twice = collectBundle(kRoot, 'fixtures/scenarios/incidents/6894-scraped-twice/scenario.yml').files;
    expect(Object.keys(twice).map((file) => path.basename(file)).sort()).toEqual(['nodes-by-address.json', 'nodes-by-name.json', 'prometheus.yml', 'scenario.yml']);
  });
});

describe('the first sentence of a comment', () => {
  const cases = [
    { name: 'ends at its full stop', text: '# One thing. Another.\nname: a', sentence: 'One thing.' },
    { name: 'goes over lines', text: '# One\n# thing. More', sentence: 'One thing.' },
    { name: 'is not ended by a number', text: '# Within 0.5 s of it. More', sentence: 'Within 0.5 s of it.' },
    { name: 'ends before a list', text: '# Thirty scrapes: these are\n#   slots 0-10  answers.', sentence: 'Thirty scrapes: these are' },
    { name: 'may be all there is', text: '# no stop', sentence: 'no stop' },
    { name: 'may be missing', text: 'name: a', sentence: '' },
    { name: 'is not the line for editors', text: '# yaml-language-server: $schema=x\n# Real.', sentence: 'Real.' },
  ];
  for (const { name, text, sentence } of cases) it(name, () => expect(firstSentence(text)).toBe(sentence));
});
