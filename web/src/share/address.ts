// SPDX-License-Identifier: Apache-2.0
// Between the session and the address of the page: makes the link to what is shown, and opens what a link names.
import type { Bundle } from '../engine/types';
import { gallery } from '../gallery/gallery.svelte';
import type { Session } from '../session/session.svelte';
import { seriesText } from '../trace/labels-text';
import { applyEdits, editsBetween } from './edits';
import { decodeLink, encodeLink, type Link } from './link';

/** Beyond it browsers and servers refuse an address. */
const kAddressMax = 60_000;

/** The link to what is shown, or why there is none. */
export async function linkOf(session: Session): Promise<{ hash: string } | { error: string }> {
  const bundle = session.branch?.bundle;
  if (!bundle) return { error: 'A trace alone cannot be shared by link: send the file.' };
  const original = await gallery.bundle(bundle.scenario);
  const edits = editsBetween(texts(original), texts(bundle));
  const { selection, view, cursor } = session;
  const link: Link = {
    scenario: bundle.scenario,
    fromGallery: original !== null,
    cursor: { ns: whole(cursor.ns), event: Math.max(cursor.event, 0) },
    edits,
  };
  if (view.from > 0 || view.to < session.endNs) link.window = { from: whole(view.from), to: whole(view.to) };
  if (selection.loop > 0) link.loop = selection.loop;
  if (selection.series > 0 && session.trace) link.series = seriesText(session.trace.labels(selection.series));
  const hash = await encodeLink(link);
  return hash.length > kAddressMax ? { error: 'These files are too large for a link: send them as files.' } : { hash };
}

/** Opens what the address names. False: it names nothing. */
export async function openAddress(session: Session, hash: string): Promise<boolean> {
  const decoded = await decodeLink(hash);
  if (decoded === null) return false;
  if ('error' in decoded) {
    session.fail(new Error(decoded.error));
    return true;
  }
  try {
    await openLink(session, decoded.link);
  } catch (error) {
    session.fail(error);
  }
  return true;
}

async function openLink(session: Session, link: Link): Promise<void> {
  const original = link.fromGallery ? await gallery.bundle(link.scenario) : null;
  if (link.fromGallery && !original) throw new Error(`This link names ${link.scenario}, which this page's gallery does not have.`);
  const applied = applyEdits(texts(original), link.edits);
  if ('stale' in applied) throw new Error(`This link changes ${applied.stale}, and the gallery's ${applied.stale} has changed since it was made.`);
  const bundle: Bundle = { files: { ...original?.files, ...applied.texts }, scenario: link.scenario };
  if (!(await session.open(bundle))) return;
  const { trace } = session;
  if (!trace) return;
  if (link.cursor) {
    const { ns, event } = link.cursor;
    session.seek(Number(ns));
    if (trace.columns.events.ns[event] === session.cursor.ns) session.goTo(event, false);
  }
  if (link.window) session.setView(Number(link.window.from), Number(link.window.to));
  if (link.loop !== undefined && trace.loop(link.loop)) session.select({ loop: link.loop, scrape: 0 });
  if (!link.series) return;
  for (let set = 1; set <= trace.sets; ++set) {
    if (seriesText(trace.labels(set)) === link.series) return session.select({ series: set });
  }
}

function texts(bundle: Bundle | null): Record<string, string> {
  const entries = Object.entries(bundle?.files ?? {}).flatMap(([file, text]) => (typeof text === 'string' ? [[file, text] as const] : []));
  return Object.fromEntries(entries);
}

function whole(value: number): string {
  return String(Math.max(0, Math.round(value)));
}
