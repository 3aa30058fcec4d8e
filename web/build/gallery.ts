// SPDX-License-Identifier: Apache-2.0
// The gallery: every scenario below fixtures/scenarios with its name, one sentence and all files it needs. The Vite plugin
// serves it while developing and writes it into the built page.
import fs from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import type { Plugin } from 'vite';
import type { GalleryEntry, GalleryGroup } from '../src/gallery/entry';
import { collectBundle, isScenario } from './bundle';

const kScenarios = 'fixtures/scenarios';
const kSentenceMax = 200;

/** All entries: the recorded node_exporter, the stories, what shows one behaviour, faults; of a folder its scenario.yml first. */
export function galleryEntries(root: string): GalleryEntry[] {
  const order: GalleryGroup[] = ['stories', 'basics', 'faults'];
  const entries = scenarioFiles(root, kScenarios).map((scenario) => entryOf(root, scenario));
  const rank = ({ group, scenario }: GalleryEntry): number => order.indexOf(group) * 2 + (scenario.includes('/incidents/') ? 1 : 0);
  const place = ({ scenario }: GalleryEntry): string => scenario.replace(/\/scenario\.yml$/, '/');
  return entries.sort((a, b) => rank(a) - rank(b) || (place(a) < place(b) ? -1 : 1));
}

function scenarioFiles(root: string, folder: string): string[] {
  const found: string[] = [];
  for (const item of fs.readdirSync(path.join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = `${folder}/${item.name}`;
    if (item.isDirectory()) found.push(...scenarioFiles(root, file));
    else if (/\.ya?ml$/.test(item.name) && isScenario(fs.readFileSync(path.join(root, file), 'utf8'))) found.push(file);
  }
  return found;
}

function entryOf(root: string, scenario: string): GalleryEntry {
  const text = fs.readFileSync(path.join(root, scenario), 'utf8');
  const document = parseDocument(text, { logLevel: 'silent' });
  const below = path.posix.relative(kScenarios, scenario);
  const group = below.startsWith('faults/') ? 'faults' : below.includes('/') ? 'stories' : 'basics';
  return {
    id: below.replace(/\.ya?ml$/, '').replaceAll('/', '.'),
    scenario,
    name: String(document.get('name')),
    about: firstSentence(text),
    group,
    duration: String(document.get('duration')),
  };
}

/** Of the comment at the top, up to an indented line: what stands before the first full stop that ends a word. */
export function firstSentence(text: string): string {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith('#') || line.startsWith('#  ')) break;
    if (!line.includes('yaml-language-server')) lines.push(line.replace(/^#\s*/, ''));
  }
  const comment = lines.join(' ').replace(/\s+/g, ' ').trim();
  const sentence = /^.*?[^.\s][^.\s]\.(?=\s|$)/.exec(comment)?.[0] ?? comment;
  return sentence.length <= kSentenceMax ? sentence : `${sentence.slice(0, sentence.lastIndexOf(' ', kSentenceMax))} …`;
}

export function galleryPlugin(root: string): Plugin {
  return {
    name: 'stalemark-gallery',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = /^\/gallery\/([\w.-]+)\.json$/.exec((request.url ?? '').split('?')[0])?.[1];
        const text = name === undefined ? undefined : galleryFile(root, name);
        if (text === undefined) return next();
        response.setHeader('Content-Type', 'application/json');
        response.end(text);
      });
    },
    generateBundle() {
      const entries = galleryEntries(root);
      this.emitFile({ type: 'asset', fileName: 'gallery/index.json', source: JSON.stringify(entries) });
      for (const entry of entries) {
        this.emitFile({ type: 'asset', fileName: `gallery/${entry.id}.json`, source: JSON.stringify(collectBundle(root, entry.scenario)) });
      }
    },
  };
}

function galleryFile(root: string, name: string): string | undefined {
  const entries = galleryEntries(root);
  if (name === 'index') return JSON.stringify(entries);
  const entry = entries.find(({ id }) => id === name);
  return entry && JSON.stringify(collectBundle(root, entry.scenario));
}
