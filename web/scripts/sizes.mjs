// SPDX-License-Identifier: Apache-2.0
// Prints what the built page weighs, gzipped, and fails beyond the limits: node scripts/sizes.mjs. The last line is
// `N passed, M failed`.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const kPage = path.resolve(import.meta.dirname, '../../build/web');
const kAssets = path.join(kPage, 'assets');

const gzipped = (file) => zlib.gzipSync(fs.readFileSync(file), { level: 9 }).length;
const assets = fs.readdirSync(kAssets);
const named = (shape) => assets.filter((name) => shape.test(name)).map((name) => path.join(kAssets, name));
const html = fs.readFileSync(path.join(kPage, 'index.html'), 'utf8');
/** What the page loads by itself: its script, what that preloads, and the worker. */
const first = assets.filter((name) => html.includes(name) || /^worker-.*\.js$/.test(name)).map((name) => path.join(kAssets, name));
const wasm = path.join(kPage, 'stalemark.wasm');

const rows = [
  ['JavaScript before the editor', first.filter((file) => file.endsWith('.js')), 150],
  ['style sheets', first.filter((file) => file.endsWith('.css')), 20],
  // The goal is 400 (wasm/README.md says what the rest is).
  ['module (wasm)', fs.existsSync(wasm) ? [wasm] : null, 615],
  ['the page as one file, not compressed', [path.join(kPage, 'view.html')], 1500],
  ['editor, when it is opened', named(/^Editor-.*\.js$/), 200],
];
let failed = 0;
console.log('| what | kB, gzip | limit |\n| --- | --- | --- |');
for (const [name, files, limit] of rows) {
  const size = files && files.reduce((sum, file) => sum + (file.endsWith('.html') ? fs.statSync(file).size : gzipped(file)), 0) / 1000;
  const good = size !== null && files.length > 0 && size <= limit;
  if (!good) ++failed;
  console.log(`| ${name} | ${size === null ? 'not there' : size.toFixed(1)} | ${limit}${good ? '' : ' **exceeded**'} |`);
}
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
