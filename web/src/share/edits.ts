// SPDX-License-Identifier: Apache-2.0
// What somebody changed in the files of a scenario, as small as a link needs it: of each changed file the one span that is
// different. The sum is that of the original text, so that a span is never put into a text that it was not cut from.
export interface Edit {
  file: string;
  /** Of the original text, 8 hex digits; '' for a file that the original does not have. */
  sum: string;
  /** Where the span begins, in UTF-16 units. */
  from: number;
  removed: number;
  inserted: string;
}

export type Texts = Readonly<Record<string, string>>;

/** FNV-1a of the UTF-16 units, 32 bits: tells a text from an older one, guards against nothing else. */
export function sumOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; ++i) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** One edit for each file that differs from the original or is not in it. Files never go away by editing. */
export function editsBetween(original: Texts, changed: Texts): Edit[] {
  const edits: Edit[] = [];
  for (const file of Object.keys(changed).sort()) {
    const before = original[file];
    const after = changed[file];
    if (before === after) continue;
    if (before === undefined) {
      edits.push({ file, sum: '', from: 0, removed: 0, inserted: after });
      continue;
    }
    const shorter = Math.min(before.length, after.length);
    let head = 0;
    while (head < shorter && before[head] === after[head]) ++head;
    let tail = 0;
    while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) ++tail;
    edits.push({ file, sum: sumOf(before), from: head, removed: before.length - tail - head, inserted: after.slice(head, after.length - tail) });
  }
  return edits;
}

/** The changed texts, or which file is no longer the one that was edited. */
export function applyEdits(original: Texts, edits: readonly Edit[]): { texts: Record<string, string> } | { stale: string } {
  const texts: Record<string, string> = { ...original };
  for (const edit of edits) {
    const before = texts[edit.file];
    if (edit.sum === '') {
      texts[edit.file] = edit.inserted;
      continue;
    }
    if (before === undefined || sumOf(before) !== edit.sum || edit.from + edit.removed > before.length) return { stale: edit.file };
    texts[edit.file] = before.slice(0, edit.from) + edit.inserted + before.slice(edit.from + edit.removed);
  }
  return { texts };
}
