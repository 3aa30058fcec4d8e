// SPDX-License-Identifier: Apache-2.0
// Where each row of the timeline lies. A folded pool is one row, in which all its lanes are drawn over each other.
import type { Lane, Pool } from './lanes';

export interface Row {
  kind: 'pool' | 'lane';
  top: number;
  height: number;
  pool: Pool;
  /** The row's lane; of a folded pool all of them. */
  lanes: Lane[];
  folded: boolean;
}

export const kPoolHeight = 22;
export const kLaneHeight = 26;
/** With many lanes they come closer together. */
export const kTightLane = 18;
export const kHeadHeight = 64;

export function layout(pools: readonly Pool[], folded: ReadonlySet<string>): { rows: Row[]; height: number } {
  const open = pools.reduce((sum, pool) => sum + (folded.has(pool.name) ? 0 : pool.lanes.length), 0);
  const laneHeight = open > 12 ? kTightLane : kLaneHeight;
  const rows: Row[] = [];
  let top = 0;
  for (const pool of pools) {
    const isFolded = folded.has(pool.name);
    const height = isFolded ? kLaneHeight : kPoolHeight;
    rows.push({ kind: 'pool', top, height, pool, lanes: isFolded ? pool.lanes : [], folded: isFolded });
    top += height;
    for (const lane of isFolded ? [] : pool.lanes) {
      rows.push({ kind: 'lane', top, height: laneHeight, pool, lanes: [lane], folded: false });
      top += laneHeight;
    }
  }
  return { rows, height: top };
}

export function rowAt(rows: readonly Row[], y: number): Row | undefined {
  return rows.find((row) => y >= row.top && y < row.top + row.height);
}
