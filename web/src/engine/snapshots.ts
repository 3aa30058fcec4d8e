// SPDX-License-Identifier: Apache-2.0
// Copies of the player's memory, sorted by the instant they were taken at. When they take more room than allowed, the one
// goes that is missed least: its neighbours are near to each other, and it is far from where the player stood last. So
// they lie close together around the cursor and exponentially further apart away from it.
export interface Snapshot {
  ns: number;
  bytes: Uint8Array;
}

export class Snapshots {
  private readonly copies: Snapshot[] = [];
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
    const at = this.copies.findIndex((copy) => copy.ns > ns);
    this.copies.splice(at < 0 ? this.copies.length : at, 0, { ns, bytes });
    this.size += bytes.byteLength;
    // The first copy stays: whatever is asked, there is something before it.
    while (this.size > this.limit && this.copies.length > 1) this.drop(this.leastMissed(ns));
  }

  clear(): void {
    this.copies.length = 0;
    this.size = 0;
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

  private drop(at: number): void {
    this.size -= this.copies[at].bytes.byteLength;
    this.copies.splice(at, 1);
  }
}
