// SPDX-License-Identifier: Apache-2.0
// Tells what was dropped by its content: a trace by its first bytes, a scenario and a prometheus.yml by their keys, an exposition by
// its lines. Names only help to match bodies with targets.
import { parseDocument } from 'yaml';
import { filesOf, kBytesMax, kFilesMax, textOf, type BroughtFile, type Found } from './brought';
import { makeScenario } from './make-scenario';

type Part =
  | { kind: 'trace' }
  | { kind: 'scenario'; name: string }
  | { kind: 'config'; config: unknown }
  | { kind: 'targets'; groups: unknown }
  | { kind: 'body' }
  | { kind: 'other' };

export function recognise(brought: readonly BroughtFile[]): Found {
  const files = brought.filter(({ path }) => !/(^|\/)(\.|__MACOSX)/.test(path));
  if (files.length === 0) return nothing('There is no file in it.');
  if (files.length > kFilesMax) return nothing(`These are ${files.length} files; ${kFilesMax} are the most that can be opened at once.`);
  if (files.reduce((sum, { bytes }) => sum + bytes.length, 0) > kBytesMax) return nothing(`These are more than ${kBytesMax >> 20} MB.`);
  const parts = files.map((file) => ({ file, part: partOf(file) }));
  const trace = parts.find(({ part }) => part.kind === 'trace');
  if (trace) return { kind: 'trace', name: baseName(trace.file.path), bytes: trace.file.bytes };
  const scenarios = parts.flatMap(({ file, part }) => (part.kind === 'scenario' ? [{ path: file.path, name: part.name }] : []));
  if (scenarios.length > 0) {
    const rank = ({ path }: { path: string }): number => path.split('/').length * 2 - (/(^|\/)scenario\.ya?ml$/.test(path) ? 1 : 0);
    return { kind: 'scenarios', scenarios: scenarios.sort((a, b) => rank(a) - rank(b)), files: filesOf(files) };
  }
  const configs = parts.flatMap(({ file, part }) => (part.kind === 'config' ? [{ file, config: part.config }] : []));
  const bodies = parts.flatMap(({ file, part }) => (part.kind === 'body' ? [file] : []));
  const targets = parts.flatMap(({ file, part }) => (part.kind === 'targets' ? [file] : []));
  if (configs.length === 0 && bodies.length === 0) return nothing(whatItIs(parts));
  const config = configs.find(({ file }) => /^prometheus\.ya?ml$/.test(baseName(file.path))) ?? configs[0];
  const made = makeScenario({ config: config && { path: config.file.path, value: config.config }, bodies, targets, files });
  if (configs.length > 1) made.assumed.unshift(`There are ${configs.length} configurations; ${config.file.path} is the one that is run.`);
  return { kind: 'made', ...made };
}

function nothing(message: string): Found {
  return { kind: 'nothing', message: `${message} What can be opened: a scenario file or its folder, a trace of "stalemark run --format trace", or a prometheus.yml with saved /metrics answers.` };
}

function whatItIs(parts: { file: BroughtFile; part: Part }[]): string {
  const names = parts.slice(0, 3).map(({ file }) => baseName(file.path));
  const more = parts.length > 3 ? ` and ${parts.length - 3} more` : '';
  return `Nothing here is a scenario, a trace, a prometheus.yml or an exposition: ${names.join(', ')}${more}.`;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function partOf({ path, bytes }: BroughtFile): Part {
  if (bytes.length >= 4 && bytes[0] === 0x53 && bytes[1] === 0x54 && bytes[2] === 0x4d && bytes[3] === 0x4b) return { kind: 'trace' };
  const text = textOf(bytes);
  if (text === null) return /\.(pb|protobuf|bin)$/.test(path) ? { kind: 'body' } : { kind: 'other' };
  if (isExposition(text)) return { kind: 'body' };
  if (!/\.(ya?ml|json)$/.test(path)) return { kind: 'other' };
  return yamlPart(text, path);
}

/** A comment line that declares a family, or a first sample line: name, perhaps labels, a number. */
function isExposition(text: string): boolean {
  for (const line of text.slice(0, 100_000).split('\n', 200)) {
    if (/^# (TYPE|HELP|UNIT) [^ ]+ |^# EOF$/.test(line)) return true;
    if (line === '' || line.startsWith('#')) continue;
    return /^([a-zA-Z_:][\w:.]*\s*(\{.*\})?|\{".*\})\s+([-+]?[0-9]|[-+]?Inf|NaN)/.test(line);
  }
  return false;
}

function yamlPart(text: string, path: string): Part {
  const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false });
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 1000 });
  } catch {
    return { kind: 'other' };
  }
  if (Array.isArray(value)) {
    const groups = value.every((group) => typeof group === 'object' && group !== null && 'targets' in group);
    return groups && value.length > 0 ? { kind: 'targets', groups: value } : { kind: 'other' };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'other' };
  if ('prometheus' in value && ['name', 'duration', 'exporters', 'expect'].some((key) => key in value)) {
    return { kind: 'scenario', name: 'name' in value ? String(value.name) : baseName(path) };
  }
  return 'scrape_configs' in value || 'global' in value ? { kind: 'config', config: value } : { kind: 'other' };
}
