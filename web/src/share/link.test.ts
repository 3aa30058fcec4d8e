// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { deflateText } from './deflate';
import { applyEdits, editsBetween } from './edits';
import { decodeLink, encodeLink, kLinkLengthMax, type Link } from './link';

const plain: Link = {
  scenario: 'fixtures/scenarios/node_exporter/scenario.yml',
  fromGallery: true,
  cursor: { ns: '31622400000000001', event: 4182 },
  window: { from: '0', to: '153000000000' },
  loop: 1,
  series: 'node_filesystem_readonly{device="/dev/vda",instance="node-1",mountpoint="/"}',
  edits: [],
};

describe('a link', () => {
  const cases: { name: string; link: Link }[] = [
    { name: 'to a moment of a scenario', link: plain },
    { name: 'to a scenario only', link: { scenario: 'a.yml', fromGallery: true, edits: [] } },
    { name: 'with an edit', link: { ...plain, edits: editsBetween({ 'p.yml': 'interval: 15s\n' }, { 'p.yml': 'interval: 5s # ä\n' }) } },
    {
      name: 'with all files',
      link: { scenario: 'brought/scenario.yml', fromGallery: false, edits: editsBetween({}, { 'brought/scenario.yml': 'name: a\n', 'brought/a.txt': 'up 1\n' }) },
    },
  ];
  for (const { name, link } of cases) {
    it(`${name} comes back as it was`, async () => {
      expect(await decodeLink(`#${await encodeLink(link)}`)).toEqual({ link });
    });
  }

  it('to a gallery scenario with a page of edits stays short enough', async () => {
    const text = Array.from({ length: 60 }, (_, i) => `  - {series: 'requests_${i}', values: '${i}+5x40'}`).join('\n');
    const edits = editsBetween({ 's.yml': 'exporters:\n' }, { 's.yml': `exporters:\n${text}\n` });
    expect((await encodeLink({ ...plain, edits })).length).toBeLessThanOrEqual(kLinkLengthMax - 100);
  });
});

describe('a damaged link', () => {
  const cases = [
    { name: 'another version', hash: '#v=2&s=a.yml', says: 'version 2' },
    { name: 'a path with ..', hash: '#v=1&s=../../etc/passwd', says: 'no scenario' },
    { name: 'a path with .. inside', hash: '#v=1&s=a/../b.yml', says: 'no scenario' },
    { name: 'a time that is no number', hash: '#v=1&s=a.yml&t=now', says: 't=now' },
    { name: 'a negative event', hash: '#v=1&s=a.yml&t=1&e=-1', says: 'e=-1' },
    { name: 'no scenario', hash: '#v=1&t=1', says: 'no scenario' },
    { name: 'edits that are no base64', hash: '#v=1&s=a.yml&x=%%%', says: 'cut' },
    { name: 'edits that were cut', hash: '#v=1&s=a.yml&x=q1ZK', says: 'damaged' },
    { name: 'a series without end', hash: `#v=1&s=a.yml&q=${'a'.repeat(1001)}`, says: 'too long' },
  ];
  for (const { name, hash, says } of cases) {
    it(`${name} is refused with its reason`, async () => {
      const decoded = await decodeLink(hash);
      expect(decoded && 'error' in decoded ? decoded.error : '').toContain(says);
    });
  }

  it('that unpacks to more than it may is refused', async () => {
    const bomb = await deflateText(JSON.stringify([['a.yml', '', 0, 0, 'a'.repeat(5 << 20)]]));
    expect(await decodeLink(`#v=1&s=a.yml&x=${bomb}`)).toHaveProperty('error');
  });

  it.each([[[['a.yml', 'zz', 0, 0, '']]], [[['a.yml', '', -1, 0, '']]], [[[1]]], [{}]])('with edits %j is refused', async (edits) => {
    expect(await decodeLink(`#v=1&s=a.yml&x=${await deflateText(JSON.stringify(edits))}`)).toHaveProperty('error');
  });

  it('is not what an address without one is', async () => {
    expect(await decodeLink('')).toBeNull();
    expect(await decodeLink('#timeline')).toBeNull();
  });
});

describe('edits', () => {
  const cases = [
    { name: 'a change in the middle', before: 'abcdef', after: 'abXdef' },
    { name: 'text that repeats', before: 'aaaa', after: 'aaaaaa' },
    { name: 'everything gone', before: 'abc', after: '' },
    { name: 'a new file', before: undefined, after: 'abc' },
  ];
  for (const { name, before, after } of cases) {
    it(`${name} is applied to the original`, () => {
      const original: Record<string, string> = before === undefined ? {} : { f: before };
      expect(applyEdits(original, editsBetween(original, { f: after }))).toEqual({ texts: { f: after } });
    });
  }

  it('of a text that has changed since are refused', () => {
    expect(applyEdits({ f: 'newer' }, editsBetween({ f: 'older' }, { f: 'olderer' }))).toEqual({ stale: 'f' });
  });
});
