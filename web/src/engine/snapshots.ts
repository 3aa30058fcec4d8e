// SPDX-License-Identifier: Apache-2.0
// Copies of the player's memory, sorted by the instant they were taken at. When they take more room than allowed, the one
// goes that is missed least: its neighbours are near to each other, and it is far from where the player stood last. So
// they lie close together around the cursor and exponentially further apart away from it.
//
// A run changes little of its memory in some milliseconds: a copy holds only the blocks that are not those of the copy before it.
export interface Snapshot {
  ns: number;
  blocks: readonly Uint8Array[];
}

const kBlockBytes = 8 * 1024;

export class Snapshots {
  private readonly copies: Snapshot[] = [];
  /** By how many copies a block is held. */
  private readonly holders = new Map<Uint8Array, number>();
  private size = 0;

  constructor(private readonly limit = 512 * 1024 * 1024) {}

  get count(): number {
    return this.copies.length;
  }

  get byteSize(): number {
    return this.size;
  }

  /** The latest copy that is not after the instant. */
  before(ns: number): Snapshot | null {
    return this.copies.findLast((copy) => copy.ns <= ns) ?? null;
  }

  has(ns: number): boolean {
    return this.copies.some((copy) => copy.ns === ns);
  }

  add(ns: number, bytes: Uint8Array): void {
    if (this.has(ns)) return;
    const blocks = this.blocksOf(bytes, this.before(ns)?.blocks ?? []);
    const at = this.copies.findIndex((copy) => copy.ns > ns);
    this.copies.splice(at < 0 ? this.copies.length : at, 0, { ns, blocks });
    // The first copy stays: whatever is asked, there is something before it.
    while (this.size > this.limit && this.copies.length > 1) this.drop(this.leastMissed(ns));
  }

  private leastMissed(around: number): number {
    let best = this.copies.length - 1;
    let lowest = Infinity;
    for (let at = 1; at < this.copies.length; ++at) {
      const copy = this.copies[at];
      if (copy.ns === around) continue;
      const next = this.copies[at + 1]?.ns ?? copy.ns;
      const cost = Math.max(next, copy.ns) - this.copies[at - 1].ns;
      const value = cost / (1 + Math.abs(copy.ns - around));
      if (value < lowest) {
        lowest = value;
        best = at;
      }
    }
    return best;
  }

  private blocksOf(bytes: Uint8Array, before: readonly Uint8Array[]): Uint8Array[] {
    const blocks: Uint8Array[] = [];
    for (let from = 0; from < bytes.length; from += kBlockBytes) {
      const part = bytes.subarray(from, from + kBlockBytes);
      const known = before[blocks.length];
      const block = known && areEqual(known, part) ? known : part.slice();
      const holders = this.holders.get(block) ?? 0;
      if (holders === 0) this.size += block.length;
      this.holders.set(block, holders + 1);
      blocks.push(block);
    }
    return blocks;
  }

  private drop(at: number): void {
    for (const block of this.copies[at].blocks) {
      const holders = this.holders.get(block)! - 1;
      if (holders > 0) {
        this.holders.set(block, holders);
      } else {
        this.holders.delete(block);
        this.size -= block.length;
      }
    }
    this.copies.splice(at, 1);
  }
}

/** Blocks begin at multiples of four bytes of their buffers. */
function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const words = a.length >> 2;
  const [one, other] = [new Int32Array(a.buffer, a.byteOffset, words), new Int32Array(b.buffer, b.byteOffset, words)];
  for (let at = 0; at < words; ++at) if (one[at] !== other[at]) return false;
  for (let at = words << 2; at < a.length; ++at) if (a[at] !== b[at]) return false;
  return true;
}
