// SPDX-License-Identifier: Apache-2.0
// A permalink, the part of the address behind the #. Nothing of it ever reaches a server. Version 1, keys in this order:
//   v=1            version; another one is refused with a sentence
//   s=PATH         scenario of the gallery; left out when the edits hold all files
//   t=NS e=N       cursor: nanoseconds since the start, number of the event
//   from=NS to=NS  what the timeline shows
//   l=N q=SERIES   selected loop, selected series
//   x=EDITS        edits (edits.ts) as JSON, deflated, base64url; with a scenario that is not of the gallery: {"scenario", "edits"}
// Times are decimal strings all the way: 366 days in nanoseconds do not fit a double.
import { deflateText, inflateText } from './deflate';
import type { Edit } from './edits';

export interface Link {
  /** Path of the scenario file. */
  scenario: string;
  /** Of the gallery, or all of its files are among the edits. */
  fromGallery: boolean;
  cursor?: { ns: string; event: number };
  window?: { from: string; to: string };
  loop?: number;
  series?: string;
  edits: Edit[];
}

export type Decoded = { link: Link } | { error: string };

const kVersion = '1';
/** Beyond it chat programs and some servers cut an address. */
export const kLinkLengthMax = 2000;
const kEditsBytesMax = 4 << 20;
const kPath = /^[A-Za-z0-9_.][A-Za-z0-9_.\-/]{0,199}$/;
const kWhole = /^(0|[1-9][0-9]{0,18})$/;
const kSeriesMax = 1000;

export async function encodeLink(link: Link): Promise<string> {
  const query = new URLSearchParams({ v: kVersion });
  if (link.fromGallery) query.set('s', link.scenario);
  if (link.cursor) {
    query.set('t', link.cursor.ns);
    query.set('e', String(link.cursor.event));
  }
  if (link.window) {
    query.set('from', link.window.from);
    query.set('to', link.window.to);
  }
  if (link.loop !== undefined) query.set('l', String(link.loop));
  if (link.series) query.set('q', link.series);
  const rows = link.edits.map((edit) => [edit.file, edit.sum, edit.from, edit.removed, edit.inserted]);
  if (!link.fromGallery) query.set('x', await deflateText(JSON.stringify({ scenario: link.scenario, edits: rows })));
  else if (rows.length > 0) query.set('x', await deflateText(JSON.stringify(rows)));
  return query.toString();
}

/** null: there is no permalink, the page was opened as it is. */
export async function decodeLink(hash: string): Promise<Decoded | null> {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const version = query.get('v');
  if (version === null) return null;
  if (version !== kVersion) return refuse(`it is of version ${version.slice(0, 20)}, and this page reads version ${kVersion}`);
  for (const [key, shape] of Object.entries({ s: kPath, t: kWhole, e: kWhole, from: kWhole, to: kWhole, l: kWhole })) {
    const value = query.get(key);
    if (value !== null && !shape.test(value)) return refuse(`"${key}=${value.slice(0, 40)}" is not what stands there`);
  }
  const series = query.get('q');
  if (series !== null && series.length > kSeriesMax) return refuse('the name of its series is too long');
  const packed = query.get('x');
  const edits = packed === null ? { edits: [] } : await decodeEdits(packed);
  if ('error' in edits) return edits;
  const path = query.get('s') ?? edits.scenario;
  if (path === undefined || path.includes('..')) return refuse('it names no scenario');
  const link: Link = { scenario: path, fromGallery: query.has('s'), edits: edits.edits };
  const [t, from, to, loop] = [query.get('t'), query.get('from'), query.get('to'), query.get('l')];
  if (t !== null) link.cursor = { ns: t, event: Number(query.get('e') ?? 0) };
  if (from !== null && to !== null && BigInt(from) < BigInt(to)) link.window = { from, to };
  if (loop !== null) link.loop = Number(loop);
  if (series) link.series = series;
  return { link };
}

function refuse(why: string): { error: string } {
  return { error: `This link cannot be opened: ${why}.` };
}

async function decodeEdits(packed: string): Promise<{ edits: Edit[]; scenario?: string } | { error: string }> {
  let value: unknown;
  try {
    value = JSON.parse(await inflateText(packed, kEditsBytesMax));
  } catch {
    return refuse('its edits are damaged; it may have been cut when it was copied');
  }
  let scenario: string | undefined;
  if (isObject(value) && typeof value.scenario === 'string' && kPath.test(value.scenario)) {
    scenario = value.scenario;
    value = value.edits;
  }
  if (!Array.isArray(value)) return refuse('its edits are damaged');
  const edits: Edit[] = [];
  for (const row of value as unknown[]) {
    if (!isRow(row)) return refuse('its edits are damaged');
    const [file, sum, from, removed, inserted] = row;
    edits.push({ file, sum, from, removed, inserted });
  }
  return { edits, scenario };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRow(row: unknown): row is [string, string, number, number, string] {
  if (!Array.isArray(row) || row.length !== 5) return false;
  const [file, sum, from, removed, inserted] = row as unknown[];
  const whole = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return typeof file === 'string' && typeof sum === 'string' && /^([0-9a-f]{8})?$/.test(sum) && whole(from) && whole(removed) && typeof inserted === 'string';
}
