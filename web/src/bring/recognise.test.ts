// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { BroughtFile, Found } from './brought';
import { durationText, parseDuration } from './duration';
import { recognise } from './recognise';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const brought = (files: Record<string, string>): BroughtFile[] => Object.entries(files).map(([path, text]) => ({ path, bytes: bytes(text) }));

interface Scenario {
  duration: string;
  exporters?: Record<string, { responses: { body_file: string; headers?: Record<string, string> }[] }>;
  targets?: Record<string, unknown>;
  files?: Record<string, unknown>;
}

function made(found: Found): { scenario: Scenario; assumed: string } {
  if (found.kind !== 'made') throw new Error(`${found.kind}: ${JSON.stringify(found)}`);
  const text = found.bundle.files[found.bundle.scenario];
  return { scenario: parse(typeof text === 'string' ? text : '') as Scenario, assumed: found.assumed.join('\n') };
}

const bodiesOf = ({ exporters }: Scenario): Record<string, string[]> =>
  Object.fromEntries(Object.entries(exporters ?? {}).map(([address, { responses }]) => [address, responses.map(({ body_file: file }) => file)]));

const kTwoTargets = `global: {scrape_interval: 30s}
scrape_configs:
  - job_name: node
    static_configs: [{targets: ['node-1:9100', 'node-2:9100']}]
`;
const kBody = '# TYPE up gauge\nup 1\n';

describe('what was dropped', () => {
  const cases: { name: string; files: Record<string, string>; kind: Found['kind'] }[] = [
    { name: 'a scenario', files: { 's.yml': 'name: a\nduration: 1m\nprometheus: {config: p.yml}\n', 'p.yml': kTwoTargets }, kind: 'scenarios' },
    { name: 'a trace', files: { 'a.trace': 'STMK\u0003' }, kind: 'trace' },
    { name: 'a configuration', files: { 'prometheus.yml': kTwoTargets }, kind: 'made' },
    { name: 'a body', files: { metrics: 'go_goroutines{a="b"} 12\n' }, kind: 'made' },
    { name: 'a picture', files: { 'a.png': '\u0089PNG' }, kind: 'nothing' },
    { name: 'prose', files: { 'a.txt': 'Dear reader,\n' }, kind: 'nothing' },
    { name: 'broken YAML', files: { 'a.yml': '{a: [' }, kind: 'nothing' },
    { name: 'an empty folder', files: {}, kind: 'nothing' },
    { name: 'only hidden files', files: { '.DS_Store': 'x' }, kind: 'nothing' },
  ];
  for (const { name, files, kind } of cases) it(`is ${name}`, () => expect(recognise(brought(files)).kind).toBe(kind));

  it('is several scenarios: scenario.yml goes first', () => {
    const text = 'name: a\nduration: 1m\nprometheus: {config: p.yml}\n';
    const found = recognise(brought({ 'fixed.yml': text, 'scenario.yml': text, 'deep/scenario.yml': text }));
    expect(found.kind === 'scenarios' && found.scenarios.map(({ path }) => path)).toEqual(['scenario.yml', 'fixed.yml', 'deep/scenario.yml']);
  });

  it('is said by name when it is nothing', () => {
    const found = recognise(brought({ 'a.txt': 'Dear reader,\n' }));
    expect(found.kind === 'nothing' && found.message).toContain('a.txt');
  });
});

describe('bodies and targets', () => {
  const cases: { name: string; bodies: string[]; expected: Record<string, string[]> }[] = [
    { name: 'meet by address', bodies: ['node-2_9100.txt', 'node-1_9100.txt'], expected: { 'node-1:9100': ['node-1_9100.txt'], 'node-2:9100': ['node-2_9100.txt'] } },
    { name: 'meet by host', bodies: ['node-2.prom'], expected: { 'node-2:9100': ['node-2.prom'] } },
    { name: 'meet in order', bodies: ['a.txt', 'b.txt'], expected: { 'node-1:9100': ['a.txt'], 'node-2:9100': ['b.txt'] } },
    { name: 'meet by folder, by number', bodies: ['node-2/10.txt', 'node-2/2.txt'], expected: { 'node-2:9100': ['node-2/2.txt', 'node-2/10.txt'] } },
    { name: 'meet in order, one without', bodies: ['a.txt'], expected: { 'node-1:9100': ['a.txt'] } },
    {
      name: 'meet in groups when there are more bodies than targets',
      bodies: ['x1.txt', 'x2.txt', 'y1.txt'],
      expected: { 'node-1:9100': ['x1.txt', 'x2.txt'], 'node-2:9100': ['y1.txt'] },
    },
  ];
  for (const { name, bodies, expected } of cases) {
    it(name, () => {
      const found = recognise(brought({ 'prometheus.yml': kTwoTargets, ...Object.fromEntries(bodies.map((path) => [path, kBody])) }));
      expect(bodiesOf(made(found).scenario)).toEqual(expected);
    });
  }

  it('without a body refuse, and it is said', () => {
    const { scenario, assumed } = made(recognise(brought({ 'prometheus.yml': kTwoTargets, 'node-1.txt': kBody })));
    expect(Object.keys(scenario.exporters ?? {})).toEqual(['node-1:9100']);
    expect(assumed).toContain('no body for node-2:9100: connections are refused');
    expect(scenario.duration).toBe('6m');
  });

  it('without a configuration get one', () => {
    const { scenario, assumed } = made(recognise(brought({ 'metrics.om': 'a_total 1\n# EOF\n' })));
    expect(scenario.exporters?.['saved-1:8080'].responses[0].headers?.['Content-Type']).toContain('openmetrics');
    expect(assumed).toContain('There is no prometheus.yml');
  });
});

describe('a configuration', () => {
  it('with discovery gets a target, and it is said', () => {
    const config = 'scrape_configs:\n  - {job_name: Pods & more, kubernetes_sd_configs: [{role: pod}]}\n';
    const { scenario, assumed } = made(recognise(brought({ 'prometheus.yml': config, 'm.txt': kBody })));
    expect(scenario.targets).toEqual({ 'Pods & more': [{ targets: ['pods-more-1:8080'] }] });
    expect(bodiesOf(scenario)).toEqual({ 'pods-more-1:8080': ['m.txt'] });
    expect(assumed).toContain('kubernetes_sd_configs of job "Pods & more" cannot look anything up here');
  });

  it('with file_sd takes the document that was brought', () => {
    const config = 'scrape_configs:\n  - {job_name: n, file_sd_configs: [{files: [/etc/p/nodes.json]}]}\n';
    const { scenario } = made(recognise(brought({ 'prometheus.yml': config, 'nodes.json': '[{"targets":["n-1:9100"]}]', 'm.txt': kBody })));
    expect(scenario.targets).toEqual({ n: 'nodes.json' });
    expect(bodiesOf(scenario)).toEqual({ 'n-1:9100': ['m.txt'] });
  });

  it('that asks through one exporter has that one', () => {
    const config = `scrape_configs:
  - job_name: probe
    static_configs: [{targets: [https://a.example, https://b.example]}]
    relabel_configs:
      - {source_labels: [__address__], target_label: __param_target}
      - {target_label: __address__, replacement: 'blackbox:9115'}
`;
    expect(bodiesOf(made(recognise(brought({ 'prometheus.yml': config, 'm.txt': kBody }))).scenario)).toEqual({ 'blackbox:9115': ['m.txt'] });
  });

  it('that names a secret gets a stand-in', () => {
    const config = 'scrape_configs:\n  - {job_name: n, basic_auth: {username: a, password_file: /s/pw}, static_configs: [{targets: [a]}]}\n';
    const { scenario, assumed } = made(recognise(brought({ 'prometheus.yml': config })));
    expect(scenario.files).toEqual({ '/s/pw': 'stand-in' });
    expect(assumed).toContain('/s/pw is not here');
    expect(assumed).toContain('no body for a:80');
  });
});

describe('durations', () => {
  it.each([['1m30s', 90_000], ['250ms', 250], ['1h', 3_600_000], ['', null], ['5', null], [5, null], ['1s1m', null]])('%j are %j ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
  it.each([[90_000, '1m30s'], [1250, '1s250ms'], [0, '0s'], [86_400_000, '1d']])('%j ms are written %j', (ms, text) => expect(durationText(ms)).toBe(text));
});
