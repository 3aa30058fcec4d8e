// SPDX-License-Identifier: Apache-2.0
// Collects the files that a scenario needs, by following the paths it names, as docs/formats/scenario.md defines them. Paths in
// a bundle are relative to the root it is collected under. A path that leads to no file is left to the module: its `check`
// names file, line and column.
import fs from 'node:fs';
import path from 'node:path';
import { isMap, parseDocument, type ParsedNode } from 'yaml';
import type { Bundle } from '../src/engine/types';

export function collectBundle(root: string, scenario: string): Bundle {
  const collector = new Collector(root, path.posix.dirname(scenario));
  const text = collector.add(scenario);
  if (text !== undefined) collector.scenario(parsed(text));
  return { files: collector.files, scenario };
}

/** Keys of a scenario file: those of a configuration or of a document of targets are others. */
export function isScenario(text: string): boolean {
  const contents: ParsedNode | null = parseDocument(text, { logLevel: 'silent' }).contents;
  return isMap(contents) && contents.has('prometheus') && ['name', 'duration', 'exporters', 'expect'].some((key) => contents.has(key));
}

function parsed(text: string): unknown {
  return parseDocument(text, { logLevel: 'silent', uniqueKeys: false }).toJS({ maxAliasCount: 1000 });
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>)[key] : undefined;
}

function items(value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

class Collector {
  readonly files: Bundle['files'] = {};

  constructor(
    private readonly root: string,
    private readonly folder: string,
  ) {}

  /** Text of a file that is UTF-8, else undefined; either way it is in the bundle. */
  add(file: string): string | undefined {
    const onDisk = path.join(this.root, file);
    if (!fs.statSync(onDisk, { throwIfNoEntry: false })?.isFile()) return undefined;
    const bytes = fs.readFileSync(onDisk);
    const text = bytes.toString('utf8');
    const isText = Buffer.from(text, 'utf8').equals(bytes);
    this.files[file] = isText ? text : { base64: bytes.toString('base64') };
    return isText ? text : undefined;
  }

  scenario(scenario: unknown): void {
    this.config(field(field(scenario, 'prometheus'), 'config'));
    for (const file of items(field(scenario, 'files'))) this.named(field(file, 'file'));
    this.targets(field(scenario, 'targets'));
    for (const exporter of items(field(scenario, 'exporters'))) this.exporter(exporter);
    for (const event of items(field(scenario, 'events'))) {
      this.config(field(event, 'reload'));
      this.targets(field(event, 'targets'));
    }
  }

  private named(file: unknown): string | undefined {
    if (typeof file !== 'string' || file.includes('\n')) return undefined;
    return this.add(path.posix.join(this.folder, file));
  }

  private config(config: unknown): void {
    const text = this.named(config);
    const patterns = field(text === undefined ? config : parsed(text), 'scrape_config_files');
    for (const pattern of items(patterns)) if (typeof pattern === 'string') this.glob(pattern);
  }

  /** A pattern in the last part of a path, as upstream takes it for scrape_config_files. */
  private glob(pattern: string): void {
    const folder = path.posix.join(this.folder, path.posix.dirname(pattern));
    const shape = new RegExp(`^${path.posix.basename(pattern).replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}$`);
    for (const name of this.names(folder)) if (shape.test(name)) this.add(`${folder}/${name}`);
  }

  private targets(targets: unknown): void {
    for (const job of items(targets)) {
      this.named(job);
      if (Array.isArray(job)) for (const stage of job as unknown[]) this.named(field(stage, 'file'));
    }
  }

  private exporter(exporter: unknown): void {
    const fixture = field(exporter, 'fixture');
    if (typeof fixture === 'string') this.folderOf(fixture);
    const directory = field(exporter, 'directory');
    if (typeof directory === 'string') this.all(path.posix.join(this.folder, directory));
    for (const response of items(field(exporter, 'responses'))) this.named(field(response, 'body_file'));
  }

  /** A name is looked for as fixtures/NAME here and above, a path is a path. */
  private folderOf(fixture: string): void {
    if (fixture.includes('/')) return this.all(path.posix.join(this.folder, fixture));
    for (let above = this.folder; ; above = path.posix.dirname(above)) {
      const candidate = path.posix.join(above, 'fixtures', fixture);
      if (fs.existsSync(path.join(this.root, candidate, 'responses.json'))) return this.all(candidate);
      if (above === '.' || above === '/') return;
    }
  }

  private all(folder: string): void {
    for (const name of this.names(folder)) {
      const file = `${folder}/${name}`;
      if (fs.statSync(path.join(this.root, file)).isDirectory()) this.all(file);
      else if (!name.endsWith('.sh')) this.add(file);
    }
  }

  private names(folder: string): string[] {
    const onDisk = path.join(this.root, folder);
    return fs.existsSync(onDisk) ? fs.readdirSync(onDisk).sort() : [];
  }
}
