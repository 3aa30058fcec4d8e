// SPDX-License-Identifier: Apache-2.0
// Plays every scenario of the gallery in Node and in real browsers and compares the digests with those of the native build:
//   node tests/determinism.mjs NATIVE-DIGESTS WASM [node] [chromium] [firefox]
// NATIVE-DIGESTS is what cmake/run-tests.py writes for a build, WASM the module. The last line is `N passed, M failed`.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { launch } from 'puppeteer-core';

const kPage = path.resolve(import.meta.dirname, '../../build/web');
const kBrowsers = {
  chromium: { browser: 'chrome', executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] },
  firefox: { browser: 'firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr' },
};
const [native, wasm, ...named] = process.argv.slice(2);
if (!native || !wasm) {
  console.error('usage: node tests/determinism.mjs NATIVE-DIGESTS WASM [node] [chromium] [firefox]');
  process.exit(2);
}

/** Scenario below fixtures/scenarios to both digests. */
function nativeDigests(file) {
  const lines = [...fs.readFileSync(file, 'utf8').matchAll(/^(\S+) store digest ([0-9a-f]{16})\ntrace digest ([0-9a-f]{16})$/gm)];
  return new Map(lines.map(([, scenario, store, trace]) => [`fixtures/scenarios/${scenario}`, `${store} ${trace}`]));
}

/** Runs in the page, or in Node. Calls the exports of wasm/api.h as they are: bytes in, bytes out. */
async function playAll(entries, site) {
  const module = await WebAssembly.compileStreaming(fetch(`${site}/stalemark.wasm`));
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => 0;
  const digests = {};
  for (const { id, scenario } of entries) {
    const bundle = await (await fetch(`${site}/gallery/${id}.json`)).json();
    const { exports } = await WebAssembly.instantiate(module, imports);
    exports._initialize?.();
    const call = (name, request) => {
      const bytes = new TextEncoder().encode(JSON.stringify(request));
      const at = exports.stalemark_alloc(bytes.length);
      new Uint8Array(exports.memory.buffer).set(bytes, at);
      const failed = exports[`stalemark_${name}`](at, bytes.length);
      exports.stalemark_free(at);
      const output = new Uint8Array(exports.memory.buffer, exports.stalemark_output(), exports.stalemark_output_size());
      const text = new TextDecoder().decode(output.slice());
      if (failed) throw new Error(`${scenario}: ${name}: ${text}`);
      return JSON.parse(text);
    };
    try {
      call('create', { ...bundle, role: 'judge' });
      call('run_to', {});
      const { store_digest: store, trace_digest: trace } = call('result', {});
      digests[scenario] = `${store} ${trace}`;
    } catch (error) {
      digests[scenario] = String(error);
    }
  }
  return digests;
}

function serve() {
  const server = http.createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = name === '/stalemark.wasm' ? wasm : path.join(kPage, path.normalize(name));
    if (name === '/') response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>determinism</title>');
    else if (!fs.existsSync(file) || !fs.statSync(file).isFile()) response.writeHead(404).end();
    else response.setHeader('Content-Type', file.endsWith('.wasm') ? 'application/wasm' : 'application/json').end(fs.readFileSync(file));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const expected = nativeDigests(native);
const entries = JSON.parse(fs.readFileSync(path.join(kPage, 'gallery/index.json'), 'utf8'));
const server = await serve();
let passed = 0;
let failed = 0;
const site = `http://127.0.0.1:${server.address().port}`;
const runners = { node: async () => ({ version: `Node ${process.version}`, digests: await playAll(entries, site) }) };
for (const [name, options] of Object.entries(kBrowsers)) {
  runners[name] = async () => {
    const browser = await launch({ ...options, headless: true });
    try {
      const page = await browser.newPage();
      await page.goto(`${site}/`);
      return { version: await browser.version(), digests: await page.evaluate(playAll, entries, site) };
    } finally {
      await browser.close();
    }
  };
}
for (const [name, play] of Object.entries(runners)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const begin = performance.now();
  const { version, digests } = await play();
  for (const { scenario } of entries) {
    const same = expected.has(scenario) && digests[scenario] === expected.get(scenario);
    if (same) ++passed;
    else ++failed;
    if (!same) console.log(`${name}: ${scenario}: ${digests[scenario]}, native ${expected.get(scenario)}`);
  }
  console.log(`${version}: ${entries.length} scenarios, ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}
server.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
