// SPDX-License-Identifier: Apache-2.0
// A target that restarts, played to its end: what is stored, and why a sample is a stale marker. `node explain.mjs`
import { Run } from 'stalemark-wasm';

const scenario = `
name: an exporter that goes away
duration: 2m
prometheus:
  hostname: prom-0
  config:
    global: {scrape_interval: 15s}
    scrape_configs: [{job_name: app, static_configs: [{targets: ['app-1:8080']}]}]
exporters:
  app-1:8080: {series: [{series: requests_total, values: '1+5x20'}]}
events:
  - {at: 1m, exporter: 'app-1:8080', fault: refuse}
`;

const run = await Run.create({ files: { 'scenario.yml': scenario }, scenario: 'scenario.yml' });
run.runTo();
console.log(`${run.created.name}: ${run.result().samples} samples`);
for (const { id, series } of run.series({ match: 'requests_total' }).series) {
  const samples = run.samples(id).samples.map((sample) => sample.text);
  console.log(`${series}: ${samples.join(' ')}`);
}
console.log(run.explain({ series: 'requests_total', at_ns: 70_000_000_000n }).headline);
