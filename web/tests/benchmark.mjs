// SPDX-License-Identifier: Apache-2.0
// Measures the built page in Chromium and prints a table: node tests/benchmark.mjs
// Cold starts are those of a browser that has never seen the page, from localhost, each in a context of its own. The long run has 8
// targets, scraped every second for 200 minutes: more than a million events. Its seeks are asked of the page's own worker, in random
// order, after the copies of its memory are made; the answer is the state of all targets.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { launch } from 'puppeteer-core';

const kPage = path.resolve(import.meta.dirname, '../../build/web');
const kPort = 4193;
const kSite = `http://127.0.0.1:${kPort}/`;
const kNodeExporter = 'fixtures/scenarios/node_exporter/scenario.yml';
const kStarts = 5;
const kSeeks = 200;
const kTargets = Array.from({ length: 8 }, (_, i) => `app-${i + 1}:8080`);
const kLong = {
  scenario: 'long.yml',
  files: {
    'long.yml': `name: long
duration: 200m
prometheus:
  hostname: prom-0
  config: {global: {scrape_interval: 1s}, scrape_configs: [{job_name: app, static_configs: [{targets: [${kTargets.map((one) => `'${one}'`)}]}]}]}
exporters:
${kTargets.map((one) => `  ${one}: {series: [{series: requests_total, values: '0+1x12000'}]}\n`).join('')}`,
  },
};

const quantile = (values, part) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];

async function startMs(browser, address, ready) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 1280, height: 720 });
  await page.goto(address, { waitUntil: 'commit' }).catch(() => page.goto(address));
  await page.waitForSelector(ready, { timeout: 60_000 });
  // Two frames later it has been painted, and takes input.
  const ms = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))));
  await context.close();
  return ms;
}

/** In the page: the worker alone, asked as the page asks it. */
async function measureLong(workerAddress, bundle, seeks) {
  const worker = new Worker(workerAddress, { type: 'module' });
  const waiting = new Map();
  let last = 0;
  worker.onmessage = ({ data }) => {
    if (data.id === undefined) return;
    const { resolve, reject } = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error) reject(new Error(data.error.message));
    else resolve(data.answer);
  };
  const ask = (method, question) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      worker.postMessage({ id: last, method, ask: question });
    });
  worker.postMessage({ start: { wasm: new URL('stalemark.wasm', document.baseURI).href } });
  const began = performance.now();
  const { created, columns } = await ask('open', { branch: 1, bundle });
  const openMs = performance.now() - began;
  const decodeBegan = performance.now();
  await ask('decode', { bytes: columns.bytes.slice() });
  const decodeMs = performance.now() - decodeBegan;
  const endNs = Number(created.duration_ns);
  // The copies are made while nothing is asked.
  let copies = -1;
  for (let quiet = 0; quiet < 3; ) {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const now = await ask('statistics', { branch: 1 });
    quiet = now.copies === copies ? quiet + 1 : 0;
    copies = now.copies;
  }
  const timed = async (ns) => {
    const begin = performance.now();
    await ask('state', { branch: 1, at_ns: String(ns), request: {} });
    return performance.now() - begin;
  };
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const seekMs = [];
  for (let i = 0; i < seeks; ++i) seekMs.push(await timed(Math.floor(random() * endNs)));
  const stepMs = [];
  const from = Math.floor(endNs / 2);
  await timed(from);
  for (let i = 1; i <= seeks; ++i) stepMs.push(await timed(from + i * 125_000_000));
  return { events: columns.events.kind.length, openMs, decodeMs, seekMs, stepMs, statistics: await ask('statistics', { branch: 1 }) };
}

const server = spawn(process.execPath, [path.resolve(import.meta.dirname, '../scripts/serve.mjs'), String(kPort)], { stdio: ['ignore', 'pipe', 'inherit'] });
await new Promise((resolve) => server.stdout.once('data', resolve));
const browser = await launch({
  browser: 'chrome',
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  headless: true,
});
const rows = [];
try {
  const worker = fs.readdirSync(path.join(kPage, 'assets')).find((name) => /^worker-.*\.js$/.test(name));
  for (const [name, address, ready] of [
    ['cold start to the gallery', kSite, '.gallery li'],
    ['cold start to the node_exporter scenario, played', `${kSite}#v=1&s=${kNodeExporter}`, '[aria-label="Cursor"]'],
  ]) {
    const found = [];
    for (let i = 0; i < kStarts; ++i) found.push(await startMs(browser, address, ready));
    rows.push([name, `${(quantile(found, 0.5) / 1000).toFixed(2)} s, the slowest ${(Math.max(...found) / 1000).toFixed(2)} s`, '1.5 s']);
  }
  const page = await browser.newPage();
  await page.goto(kSite);
  const { events, openMs, decodeMs, seekMs, stepMs, statistics } = await page.evaluate(measureLong, `${kSite}assets/${worker}`, kLong, kSeeks);
  const both = (values) => `${quantile(values, 0.5).toFixed(1)} / ${quantile(values, 0.95).toFixed(1)} ms`;
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
  rows.push([`a scenario of ${events.toLocaleString('en')} events is played, its trace decoded`, `${(openMs / 1000).toFixed(2)} s`, '']);
  rows.push(['that trace decoded alone, as a brought one is', `${(decodeMs / 1000).toFixed(2)} s`, '3 s']);
  rows.push(['its seeks to random instants, state included, p50 / p95', both(seekMs), '50 ms at p95']);
  rows.push(['its steps of 125 ms forward, state included, p50 / p95', both(stepMs), '16 ms at p95']);
  rows.push(['memory of its judge and player', megabytes(statistics.memoryBytes), '']);
  rows.push([`${statistics.copies} copies of the player's memory`, megabytes(statistics.copyBytes), '512 MB']);
} finally {
  await browser.close();
  server.kill();
}
console.log('| what | measured | wanted |\n| --- | --- | --- |');
for (const row of rows) console.log(`| ${row.join(' | ')} |`);
