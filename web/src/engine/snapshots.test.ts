// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { Snapshots } from './snapshots';

describe('copies of memory', () => {
  it('gives the latest that is not after the instant', () => {
    const copies = new Snapshots(1000);
    for (const ns of [0, 30, 10, 20]) copies.add(ns, new Uint8Array(1));
    expect(copies.before(25)?.ns).toBe(20);
    expect(copies.before(10)?.ns).toBe(10);
    expect(copies.before(99)?.ns).toBe(30);
  });

  it('stays under its limit and keeps the first', () => {
    const copies = new Snapshots(100);
    for (let ns = 0; ns < 1000; ++ns) copies.add(ns, Uint8Array.of(ns, ns >> 8, 0, 0, 0, 0, 0, 0, 0, 0));
    expect(copies.byteSize).toBeLessThanOrEqual(100);
    expect(copies.count).toBe(10);
    expect(copies.before(0)?.ns).toBe(0);
  });

  it('keeps more of them near to the last', () => {
    const copies = new Snapshots(200);
    for (let ns = 0; ns < 4096; ++ns) copies.add(ns, Uint8Array.of(ns, ns >> 8, 0, 0, 0, 0, 0, 0, 0, 0));
    const near = Array.from({ length: 256 }, (_, at) => copies.has(3840 + at)).filter(Boolean).length;
    expect(near).toBeGreaterThan(5);
    expect(copies.before(2048)!.ns).toBeGreaterThan(0);
  });

  it('holds what a copy shares with the one before it once', () => {
    const copies = new Snapshots();
    const memory = new Uint8Array(3 * 8192 + 5);
    copies.add(0, memory.slice());
    memory[8192] = 1;
    copies.add(1, memory.slice());
    memory[3 * 8192 + 4] = 2;
    copies.add(2, memory.slice());
    expect(copies.byteSize).toBe(memory.length + 8192 + 5);
    const last = copies.before(2)!.blocks;
    expect(last.map((block) => block.length)).toEqual([8192, 8192, 8192, 5]);
    expect([last[1][0], last[3][4]]).toEqual([1, 2]);
    expect(copies.before(0)!.blocks[1][0]).toBe(0);
  });

  it('forgets a block with the last copy that holds it', () => {
    const copies = new Snapshots(4 * 8192);
    for (let ns = 0; ns < 50; ++ns) {
      const memory = new Uint8Array(2 * 8192);
      memory[8192] = ns;
      copies.add(ns, memory);
    }
    // The first block is shared by all.
    expect(copies.byteSize).toBe(4 * 8192);
    expect(copies.count).toBe(3);
  });

  it('takes an instant once', () => {
    const copies = new Snapshots();
    copies.add(5, new Uint8Array(3));
    copies.add(5, new Uint8Array(3));
    expect(copies.byteSize).toBe(3);
  });
});
