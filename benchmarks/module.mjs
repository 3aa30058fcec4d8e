#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// How fast the WebAssembly module scrapes, beside the same code natively: one target with 10,000 series, many scrapes of one run,
// without load and first scrapes, the best of some rounds that take turns. Prints a table; fails below 0.3 of the native speed (the goal is half).
//
//   benchmarks/module.mjs [NATIVE [PACKAGE]]     build/gcc-release/benchmarks/stalemark_session_bench, build/wasm/package
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const kRoot = path.resolve(import.meta.dirname, '..');
const kNative = path.resolve(process.argv[2] ?? path.join(kRoot, 'build/gcc-release/benchmarks/stalemark_session_bench'));
const kPackage = path.resolve(process.argv[3] ?? path.join(kRoot, 'build/wasm/package'));
const kSeries = 10_000;
const kInterval = 15;
const kWarm = 10;
const kScrapes = 40;
const kRounds = 3;
const kAtLeast = 0.3;
const { Run } = await import(pathToFileURL(path.join(kPackage, 'node.mjs')).href);

const name = (i) => `http_request_duration_seconds_count{cluster="eu-west-1",handler="/api/v1/query_range",instance_id="host-${i}",method="get",code="200",pool="blue"}`;
const list = (row) => Array.from({ length: kSeries }, (_, i) => row(i)).join('');

const rows = [
  ['a page that stays as it is', `    responses: [{body_file: page.txt}]\n`, list((i) => `${name(i)} ${i}.5\n`)],
  ['values that change, the page written for each scrape', `    series:\n${list((i) => `      - {series: '${name(i)}', values: '${i}+1.5x200'}\n`)}`, ''],
];

function bundleOf(exporter, page) {
  const scenario = `
name: speed
duration: ${(kWarm + kScrapes + 2) * kInterval}s
prometheus:
  hostname: prom-0
  config: {global: {scrape_interval: ${kInterval}s}, scrape_configs: [{job_name: j, static_configs: [{targets: ['a:80']}]}]}
exporters:
  a:80:
${exporter}`;
  return { files: { 'scenario.yml': scenario, ...(page && { 'page.txt': page }) }, scenario: 'scenario.yml' };
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const at = (scrapes) => String(BigInt(scrapes * kInterval) * 1_000_000_000n);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stalemark-module-'));
let slow = 0;
console.log(`| one target, ${kSeries} series, ${kScrapes} scrapes | native, ns a sample | module, ns a sample | speed of the module |\n| --- | --- | --- | --- |`);
try {
  for (const [what, exporter, page] of rows) {
    const bundle = bundleOf(exporter, page);
    const request = path.join(folder, 'create.json');
    fs.writeFileSync(request, JSON.stringify({ ...bundle, role: 'player' }));
    const best = { native: Infinity, module: Infinity };
    for (let round = 0; round < kRounds; ++round) {
      best.native = Math.min(best.native, Number(execFileSync(kNative, [request, at(kWarm), at(kWarm + kScrapes)], { encoding: 'utf8' })));
      const run = await Run.create(bundle, { role: 'player' });
      run.runTo(at(kWarm));
      const begin = cpuMs();
      run.runTo(at(kWarm + kScrapes));
      best.module = Math.min(best.module, cpuMs() - begin);
      run.dispose();
    }
    const ratio = best.native / best.module;
    if (ratio < kAtLeast) ++slow;
    const each = (ms) => ((ms * 1e6) / (kScrapes * kSeries)).toFixed(0);
    console.log(`| ${what} | ${each(best.native)} | ${each(best.module)} | ${ratio.toFixed(2)} x |`);
  }
} finally {
  fs.rmSync(folder, { recursive: true });
}
console.log(`${rows.length - slow} passed, ${slow} failed`);
process.exit(slow > 0 ? 1 : 0);
