// SPDX-License-Identifier: Apache-2.0
// Where in a YAML text a position is, told from its lines alone, so that it works while the text is being written: block
// mappings and lists by their indentation, a flow mapping on the line of the position.
import type { Step } from './schema';

export interface Place {
  /** Of the mapping that gets a key, or of the value. */
  path: Step[];
  /** Behind a colon: the value of `path` is being written, else a key in it. */
  value: boolean;
  /** Keys that the mapping has already on the lines around. */
  present: string[];
  /** Where the word at the position begins. */
  from: number;
}

interface Line {
  indent: number;
  /** Indentation of what follows the dash, when there is one. */
  dashes: number[];
  key: string | null;
  /** What stands behind the key's colon. */
  rest: string;
}

const kKey = /^("[^"]*"|'[^']*'|[^\s#:{}[\],"'](?:[^:{}[\],]|:(?!\s|$))*):(?=\s|$)/;

function readLine(text: string): Line | null {
  const content = text.trimStart();
  if (content === '' || content.startsWith('#')) return null;
  let at = text.length - content.length;
  const indent = at;
  const dashes: number[] = [];
  let rest = content;
  while (/^-(\s+|$)/.test(rest)) {
    dashes.push(at);
    const skipped = /^-\s*/.exec(rest)?.[0].length ?? 1;
    at += skipped;
    rest = rest.slice(skipped);
  }
  const key = kKey.exec(rest)?.[1] ?? null;
  return { indent: key === null && dashes.length > 0 && rest === '' ? at : dashes.length > 0 ? at : indent, dashes, key: key && unquoted(key), rest: key === null ? rest : rest.slice(key.length + 1).trim() };
}

function unquoted(key: string): string {
  return /^["']/.test(key) ? key.slice(1, -1) : key;
}

export function placeAt(text: string, position: number): Place {
  const lines = text.slice(0, position).split('\n');
  const current = lines.pop() ?? '';
  const word = /[\w.-]*$/.exec(current)?.[0] ?? '';
  const from = position - word.length;
  const flow = flowPlace(current.slice(0, current.length - word.length));
  const own = readLine(`${current}${flow || /:\s/.test(current) ? '' : word === '' ? 'x: ' : ': '}`);
  const indent = own?.indent ?? current.length;
  const above = pathAbove(lines, indent, own?.dashes ?? []);
  if (flow) return { path: [...above, ...(own?.key ? [own.key] : []), ...flow.path], value: flow.value, present: flow.present, from };
  const value = /^\s*(?:-\s+)*("[^"]*"|'[^']*'|[^\s:#]+):\s+[\w.-]*$/.exec(current);
  if (value) return { path: [...above, unquoted(value[1])], value: true, present: [], from };
  return { path: above, value: false, present: siblings(text, lines.length, indent), from };
}

/** From the root to the mapping whose keys begin at this column. */
function pathAbove(lines: string[], indent: number, dashes: number[]): Step[] {
  const path: Step[] = dashes.map(() => ({ item: true as const }));
  let inside = dashes.length > 0 ? dashes[0] : indent;
  // A list may stand at the column of its key.
  let listAtKey = dashes.length > 0;
  for (let i = lines.length - 1; i >= 0; --i) {
    const line = readLine(lines[i]);
    if (!line) continue;
    const opens = line.key !== null && line.rest === '' && (line.indent < inside || (listAtKey && line.indent === inside && line.dashes.length === 0));
    if (opens) {
      path.unshift(line.key as string);
      inside = line.indent;
      listAtKey = false;
    }
    const dash = line.dashes.filter((column) => column < inside);
    if (dash.length > 0 && line.indent <= inside) {
      path.unshift(...dash.map(() => ({ item: true as const })));
      inside = dash[0];
      listAtKey = true;
    }
  }
  return path;
}

/** Keys at this column, up and down to where the mapping ends. */
function siblings(text: string, row: number, indent: number): string[] {
  const lines = text.split('\n');
  const found: string[] = [];
  for (const direction of [-1, 1]) {
    for (let i = row + direction; i >= 0 && i < lines.length; i += direction) {
      const line = readLine(lines[i]);
      if (!line) continue;
      if (direction === 1 && line.dashes.some((column) => column < indent)) break;
      if (line.indent === indent && line.key !== null) found.push(line.key);
      if (line.indent < indent || (direction === -1 && line.dashes.some((column) => column < indent) && line.indent === indent)) break;
    }
  }
  return found;
}

/** Inside the brackets that are open at the end of the text; null: none are. */
function flowPlace(line: string): { path: Step[]; value: boolean; present: string[] } | null {
  const open: { kind: '{' | '['; key: string | null; present: string[] }[] = [];
  const behind = line.replace(/^\s*(?:-\s+)*/, '');
  const key = kKey.exec(behind)?.[0] ?? '';
  let token = '';
  let quote = '';
  for (const character of behind.slice(key.length)) {
    const top = open.at(-1);
    if (quote) {
      if (character === quote) quote = '';
      token += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      token += character;
    } else if (character === '{' || character === '[') {
      open.push({ kind: character, key: null, present: [] });
      token = '';
    } else if (character === '}' || character === ']') {
      open.pop();
      token = '';
    } else if (character === ',' && top) {
      top.key = null;
      token = '';
    } else if (character === ':' && top?.kind === '{' && top.key === null) {
      top.key = unquoted(token.trim());
      top.present.push(top.key);
      token = '';
    } else token += character;
  }
  const innermost = open.at(-1);
  if (!innermost || quote) return null;
  const path = open.flatMap(({ kind, key: of }): Step[] => (kind === '[' ? [{ item: true }] : of === null ? [] : [of]));
  return { path, value: innermost.kind === '{' && innermost.key !== null, present: innermost.present };
}
