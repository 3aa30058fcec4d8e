// SPDX-License-Identifier: Apache-2.0
// Two states of a scrape cache against each other: what came, what left (its stale marker is due), what was dropped.
import type { CacheRow } from '../engine/types';

export interface CacheChange {
  row: CacheRow;
  change: 'new' | 'left' | 'back' | 'gone' | 'same';
}

const kOrder: Record<CacheChange['change'], number> = { left: 0, gone: 1, back: 2, new: 3, same: 4 };

/** A series is exposed when its entry is in the set of the last scrape: the previous one after the sets were swapped. */
function isExposed(row: CacheRow): boolean {
  return row.set === 'current' || row.set === 'previous';
}

export function cacheDiff(before: readonly CacheRow[], now: readonly CacheRow[]): CacheChange[] {
  const old = new Map(before.map((row) => [row.entry || row.raw, row]));
  const changes = now.map((row): CacheChange => {
    const was = old.get(row.entry || row.raw);
    old.delete(row.entry || row.raw);
    if (!was) return { row, change: 'new' };
    if (isExposed(was) && row.set === 'unseen') return { row, change: 'left' };
    return { row, change: was.set === 'unseen' && isExposed(row) ? 'back' : 'same' };
  });
  for (const row of old.values()) changes.push({ row, change: 'gone' });
  return changes.sort((a, b) => kOrder[a.change] - kOrder[b.change] || a.row.entry - b.row.entry);
}
