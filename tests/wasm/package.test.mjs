// SPDX-License-Identifier: Apache-2.0
// The npm package under Node: the types against the real exports, digests against those of the native command, snapshots,
// branches, injected events. `node --test tests/wasm` after `make wasm`; STALEMARK names the command to compare with.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = process.env.STALEMARK_PACKAGE ?? path.join(root, 'build/wasm/package');
const command = process.env.STALEMARK ?? path.join(root, 'build/gcc-release/stalemark');
const entry = path.join(folder, 'node.mjs');
const { Run, StalemarkError, compile } = await import(pathToFileURL(entry).href);

/** Everything under fixtures/: a bundle for any scenario there. */
function fixtures() {
  const files = {};
  for (const found of readdirSync(path.join(root, 'fixtures'), { recursive: true, withFileTypes: true })) {
    if (!found.isFile()) continue;
    const onDisk = path.join(found.parentPath ?? found.path, found.name);
    const bytes = readFileSync(onDisk);
    const text = bytes.toString('utf8');
    files[path.relative(root, onDisk)] = Buffer.from(text).equals(bytes) ? text : { base64: bytes.toString('base64') };
  }
  return files;
}

const files = fixtures();
const bundle = (scenario) => ({ files, scenario });
const scenarios = Object.keys(files)
  .filter((file) => /^fixtures\/scenarios\/(.*\/)?[^/]+\.yml$/.test(file) && /^name:/m.test(String(files[file])))
  .sort();
const small = {
  files: {
    's.yml': `
name: small
duration: 2m
prometheus:
  hostname: prom-0
  config: {global: {scrape_interval: 15s}, scrape_configs: [{job_name: j, static_configs: [{targets: ['a:80']}]}]}
exporters:
  a:80: {series: [{series: m, values: '1+1x100'}]}
`,
  },
  scenario: 's.yml',
};

function digestsOf(run) {
  run.runTo();
  const { store_digest, trace_digest } = run.result();
  return `${store_digest} ${trace_digest}`;
}

test('the types name what the package exports, and nothing else', () => {
  const types = readFileSync(path.join(folder, 'index.d.ts'), 'utf8');
  const declared = [...types.matchAll(/^export (?:class|function) (\w+)/gm)].map((match) => match[1]).sort();
  assert.deepEqual(declared, ['Run', 'StalemarkError', 'compile']);
  for (const name of ['index.mjs', 'node.mjs']) {
    const exported = readFileSync(path.join(folder, name), 'utf8').match(/^export \{(.*)\}/m)[1];
    assert.deepEqual(exported.split(',').map((word) => word.trim()).sort(), declared, name);
  }
  const inClass = types.slice(types.indexOf('export class Run'));
  const members = [...inClass.matchAll(/^ {2}(?:static |readonly )*(\w+)(?=[(?:<])/gm)].map((match) => match[1]);
  const instance = Object.getOwnPropertyNames(Run.prototype).filter((name) => name !== 'constructor');
  const statics = Object.getOwnPropertyNames(Run).filter((name) => typeof Run[name] === 'function');
  const expected = [...instance, ...statics, 'created', 'role'].sort();
  assert.deepEqual(members.filter((name) => name !== 'constructor').sort(), expected);
});

test('the module exports the calls of api.h', async () => {
  const header = readFileSync(path.join(root, 'wasm/api.h'), 'utf8');
  const declared = [...header.matchAll(/^\w.*?(stalemark_\w+)\(.*;$/gm)].map((match) => match[1]).sort();
  const module = await compile(readFileSync(path.join(folder, 'stalemark.wasm')));
  const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
  assert.deepEqual(exported.filter((name) => name.startsWith('stalemark_')).sort(), declared);
  assert.ok(declared.length >= 15);
});

test('the digests are those of the native command', { skip: !existsSync(command) }, async () => {
  assert.ok(scenarios.length > 30, `${scenarios.length} scenarios`);
  for (const scenario of scenarios) {
    const native = execFileSync(command, ['run', '--format', 'digest', scenario], { cwd: root, encoding: 'utf8' });
    const run = await Run.create(bundle(scenario));
    assert.deepEqual(digestsOf(run).split(' '), native.match(/[0-9a-f]{16}/g), scenario);
    run.dispose();
  }
});

test('any number of steps gives the same digests and the same trace', async () => {
  const [whole, stepped] = [await Run.create(small), await Run.create(small)];
  const pieces = [];
  while (!stepped.step().done) pieces.push(stepped.trace());
  assert.equal(digestsOf(stepped), digestsOf(whole));
  pieces.push(stepped.trace());
  assert.deepEqual(Buffer.concat(pieces), Buffer.from(whole.trace()));
});

test('a snapshot is gone on from, in this instance and in another', async () => {
  const scenario = bundle('fixtures/scenarios/node_exporter/scenario.yml');
  const expected = digestsOf(await Run.create(scenario));
  const run = await Run.create(scenario);
  run.runTo(60_000_000_000n);
  const snapshot = run.snapshot();
  assert.equal(digestsOf(run), expected);
  run.restore(snapshot);
  assert.equal(run.runTo('60000000000').at_ns, '60000000000');
  const branch = await run.branch();
  branch.step();
  assert.equal(digestsOf(branch), expected);
  assert.equal(digestsOf(run), expected);
  // Into an instance that is smaller and stood elsewhere.
  const other = await Run.create(small);
  other.runTo();
  other.restore(snapshot);
  assert.equal(digestsOf(other), expected);
});

test('a player shows the state, and an injected event stands in the file', async () => {
  const player = await Run.create(small, { role: 'player' });
  player.runTo(40_000_000_000n);
  const [target] = player.state().targets;
  assert.deepEqual([target.state, target.scrapes, target.health], ['waiting', 2, 'up']);
  assert.equal(player.state({ cache: { loop: target.loop } }).cache.rows[0].set, 'current');
  assert.equal(player.relabel({ loop: target.loop }).rules, 'relabel_configs');
  const branch = await player.branch();
  branch.inject({ exporter: 'a:80', fault: 'refuse', for: '20s' });
  for (const run of [player, branch]) run.runTo(50_000_000_000n);
  assert.equal(player.state().targets[0].health, 'up');
  assert.equal(branch.state().targets[0].health, 'down');
  const again = await Run.create({ files: branch.files(), scenario: 's.yml' }, { role: 'player' });
  again.runTo(50_000_000_000n);
  assert.deepEqual(again.state(), branch.state());
});

test('values cross as bits, samples can be explained', async () => {
  const run = await Run.create(bundle('fixtures/scenarios/exporter-restart.yml'));
  run.runTo();
  const [{ id, series }] = run.series({ match: 'requests_total{}' }).series;
  const stale = run.samples(id).samples.find((sample) => sample.stale);
  assert.equal(stale.bits, '7ff0000000000002');
  const at = BigInt(stale.t_ms - run.created.start_ms) * 1_000_000n;
  assert.equal(run.explain({ series, at_ns: at }).outcome, 'stale_marker');
});

test('errors are values with their place, and harm nothing', async () => {
  const broken = { files: { 's.yml': 'name: x\nduratoin: 1m\n' }, scenario: 's.yml' };
  await assert.rejects(Run.create(broken), (error) => {
    assert.ok(error instanceof StalemarkError);
    assert.deepEqual([error.file, error.line, error.column], ['s.yml', 2, 1]);
    return true;
  });
  assert.equal((await Run.check(broken))[0].line, 2);
  assert.deepEqual(await Run.check(small), []);
  const run = await Run.create(small);
  assert.throws(() => run.samples(999), /no series has the number 999/);
  assert.throws(() => run.result(), /not over/);
  assert.ok(run.runTo().done);
});

test('require() and the example of the package', async () => {
  const { Run: Required } = createRequire(import.meta.url)(path.join(folder, 'index.cjs'));
  assert.equal(digestsOf(await Required.create(small)), digestsOf(await Run.create(small)));
  const work = mkdtempSync(path.join(tmpdir(), 'stalemark-'));
  try {
    mkdirSync(path.join(work, 'node_modules'));
    symlinkSync(folder, path.join(work, 'node_modules/stalemark-wasm'));
    const example = readFileSync(path.join(folder, 'example/explain.mjs'));
    const output = execFileSync(process.execPath, ['--input-type=module'], { cwd: work, input: example, encoding: 'utf8' });
    assert.match(output, /an exporter that goes away: \d+ samples\n/);
    assert.match(output, /requests_total\{.*\}: 1 6 11 stale/);
  } finally {
    rmSync(work, { recursive: true });
  }
});
