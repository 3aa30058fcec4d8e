// SPDX-License-Identifier: Apache-2.0
// A scenario from a prometheus.yml and saved /metrics bodies that were not made for it. Whatever neither of them says is assumed,
// and said: each assumption is a sentence, and stands as a comment at the top of the scenario.
import { parse, stringify } from 'yaml';
import type { Bundle } from '../engine/types';
import { filesOf, textOf, type BroughtFile } from './brought';
import { matchBodies, type TargetAddress } from './match-bodies';
import { durationText, parseDuration } from './duration';

export interface Parts {
  config: { path: string; value: unknown } | undefined;
  bodies: readonly BroughtFile[];
  /** Documents of file_sd. */
  targets: readonly BroughtFile[];
  /** All that was brought. */
  files: readonly BroughtFile[];
}

type Mapping = Record<string, unknown>;

const kDefaultInterval = 60_000;
const kScrapes = 12;
const kProtobuf = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';
const kOpenMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const kOwnConfig = 'prometheus.yml';

export function makeScenario(parts: Parts): { bundle: Bundle; assumed: string[] } {
  const maker = new Maker(parts);
  return { bundle: maker.make(), assumed: maker.assumed };
}

class Maker {
  readonly assumed: string[] = [];
  private readonly config: Mapping;
  private readonly jobs: Mapping[];
  private readonly discovered: Mapping = {};

  constructor(private readonly parts: Parts) {
    this.config = mapping(parts.config?.value ?? ownConfig(parts.bodies));
    this.jobs = list(this.config.scrape_configs).map(mapping);
    if (!parts.config) this.assumed.push('There is no prometheus.yml: one was written, with a job "saved" that scrapes each body every 15 s.');
  }

  make(): Bundle {
    const addresses = this.jobs.flatMap((job) => this.addressesOf(job));
    if (addresses.length === 0) this.assumed.push('The configuration has no target to scrape: the run will be empty.');
    const exporters = this.exporters(unique(addresses));
    const answers = Math.max(kScrapes, ...Object.values(exporters).map(({ responses }) => responses.length + 1));
    const longest = this.longestInterval();
    const scenario: Mapping = {
      name: this.parts.config ? `your ${this.parts.config.path.split('/').at(-1)}` : 'your saved metrics',
      duration: durationText(longest * answers),
      prometheus: { hostname: 'prom-0', config: this.parts.config?.path ?? kOwnConfig },
    };
    this.assumed.push(`The run takes ${durationText(longest * answers)}: time for ${answers} scrapes of the slowest job. The server is called prom-0.`);
    const files = this.namedFiles();
    if (Object.keys(files).length > 0) scenario.files = files;
    if (Object.keys(this.discovered).length > 0) scenario.targets = this.discovered;
    if (Object.keys(exporters).length > 0) scenario.exporters = exporters;
    return this.bundle(scenario);
  }

  private bundle(scenario: Mapping): Bundle {
    const files = filesOf(this.parts.files);
    let path = 'scenario.yml';
    while (path in files) path = `made-${path}`;
    const comment = this.assumed.map((sentence) => `#   ${sentence}`).join('\n');
    files[path] = `# Made of files that you opened. What was assumed:\n${comment}\n${stringify(scenario, { lineWidth: 140 })}`;
    if (!this.parts.config) files[kOwnConfig] = stringify(this.config);
    return { files, scenario: path };
  }

  private longestInterval(): number {
    const usual = parseDuration(mapping(this.config.global).scrape_interval) ?? kDefaultInterval;
    return Math.max(...this.jobs.map((job) => parseDuration(job.scrape_interval) ?? usual), this.jobs.length > 0 ? 0 : usual);
  }

  private addressesOf(job: Mapping): TargetAddress[] {
    const name = String(job.job_name ?? '');
    const mechanisms = Object.keys(job).filter((key) => key.endsWith('_sd_configs'));
    const targets = mechanisms.length > 0 ? this.discover(name, job, mechanisms) : staticTargets(job.static_configs);
    const through = list(job.relabel_configs)
      .map(mapping)
      .find((rule) => rule.target_label === '__address__' && rule.source_labels === undefined && typeof rule.replacement === 'string');
    if (through) {
      const address = withPort(String(through.replacement), job);
      this.assumed.push(`The rules of job "${name}" send all its scrapes to ${address}: what it answers does not depend on the target.`);
      return [{ job: name, address }];
    }
    return targets.map((target) => ({ job: name, address: withPort(target, job) }));
  }

  /** What discovery would find: a document that was brought, or one target under a name of ours. */
  private discover(name: string, job: Mapping, mechanisms: string[]): string[] {
    const document = this.parts.targets.find(({ path }) => matchesFileSd(job, path)) ?? (mechanisms.includes('file_sd_configs') ? this.parts.targets[0] : undefined);
    if (document) {
      this.discovered[name] = document.path;
      this.assumed.push(`Discovery of job "${name}" finds what ${document.path} lists.`);
      return staticTargets(parse(textOf(document.bytes) ?? ''));
    }
    const address = `${name.toLowerCase().replace(/[^a-z0-9-]+/g, '-') || 'target'}-1:8080`;
    const known = staticTargets(job.static_configs);
    this.discovered[name] = [{ targets: [...known, address] }];
    this.assumed.push(`${mechanisms.join(' and ')} of job "${name}" cannot look anything up here: it finds one target, ${address}, without any __meta_ label. Rules that need those labels may drop it.`);
    return [...known, address];
  }

  private exporters(targets: TargetAddress[]): Record<string, { responses: Mapping[] }> {
    const exporters: Record<string, { responses: Mapping[] }> = {};
    if (targets.length > 0) {
      for (const { target, bodies, byName } of matchBodies(targets, this.parts.bodies)) {
        exporters[target.address] = { responses: bodies.map(response) };
        const names = bodies.map(({ path }) => path).join(', ');
        const again = bodies.length > 1 ? 'one after the other, the last one again and again' : 'at every scrape';
        this.assumed.push(`${target.address} answers with ${names}, ${again}${byName ? '' : '; no name said so, it was its turn'}.`);
      }
    }
    const silent = targets.filter(({ address }) => !(address in exporters)).map(({ address }) => address);
    if (silent.length > 0) this.assumed.push(`There is no body for ${some(silent)}: connections are refused.`);
    return exporters;
  }

  /** Files that the configuration names and nobody brought: secrets, certificates. */
  private namedFiles(): Mapping {
    const files: Mapping = {};
    for (const path of namedPaths(this.config)) {
      const brought = this.parts.files.find((file) => file.path.split('/').at(-1) === path.split('/').at(-1));
      files[path] = brought ? { file: brought.path } : 'stand-in';
      if (!brought) this.assumed.push(`${path} is not here: a stand-in takes its place.`);
    }
    for (const pattern of list(this.config.scrape_config_files).map(String)) {
      const name = pattern.split('/').at(-1) ?? '';
      const shape = new RegExp(`^${name.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`);
      for (const file of this.parts.files) {
        const base = file.path.split('/').at(-1) ?? '';
        if (file.path !== this.parts.config?.path && shape.test(base)) files[pattern.slice(0, pattern.length - name.length) + base] = { file: file.path };
      }
    }
    return files;
  }
}

function ownConfig(bodies: readonly BroughtFile[]): Mapping {
  const targets = bodies.map((_, i) => `saved-${i + 1}:8080`);
  return { global: { scrape_interval: '15s' }, scrape_configs: [{ job_name: 'saved', static_configs: [{ targets }] }] };
}

function response(body: BroughtFile): Mapping {
  const text = textOf(body.bytes);
  const type = text === null ? kProtobuf : /(^|\n)# EOF\n?$/.test(text) ? kOpenMetrics : null;
  return type ? { headers: { 'Content-Type': type }, body_file: body.path } : { body_file: body.path };
}

function staticTargets(groups: unknown): string[] {
  return list(groups).flatMap((group) => list(mapping(group).targets).map(String));
}

function withPort(address: string, job: Mapping): string {
  return /:\d+$/.test(address) ? address : `${address}:${job.scheme === 'https' ? 443 : 80}`;
}

function matchesFileSd(job: Mapping, path: string): boolean {
  const name = path.split('/').at(-1) ?? '';
  return list(job.file_sd_configs).some((config) => list(mapping(config).files).some((file) => String(file).split('/').at(-1) === name));
}

function unique(targets: TargetAddress[]): TargetAddress[] {
  return targets.filter((target, i) => targets.findIndex(({ address }) => address === target.address) === i);
}

function some(names: string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

/** Values of keys like `password_file` and `ca_file` inside scrape_configs. */
function namedPaths(config: Mapping): string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (key.endsWith('_file') && typeof inner === 'string' && inner !== '') found.add(inner);
        else visit(inner);
      }
    }
  };
  visit(config.scrape_configs);
  return [...found];
}

function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
