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
    for (let ns = 0; ns < 1000; ++ns) copies.add(ns, new Uint8Array(10));
    expect(copies.byteSize).toBeLessThanOrEqual(100);
    expect(copies.count).toBe(10);
    expect(copies.before(0)?.ns).toBe(0);
  });

  it('keeps more of them near to the last', () => {
    const copies = new Snapshots(200);
    for (let ns = 0; ns < 4096; ++ns) copies.add(ns, new Uint8Array(10));
    const near = Array.from({ length: 256 }, (_, at) => copies.has(3840 + at)).filter(Boolean).length;
    expect(near).toBeGreaterThan(5);
    expect(copies.before(2048)!.ns).toBeGreaterThan(0);
  });

  it('takes an instant once', () => {
    const copies = new Snapshots();
    copies.add(5, new Uint8Array(3));
    copies.add(5, new Uint8Array(3));
    expect(copies.byteSize).toBe(3);
  });
});
