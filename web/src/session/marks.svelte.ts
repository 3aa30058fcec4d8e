// SPDX-License-Identifier: Apache-2.0
// Moments that somebody marked, in nanoseconds since the start, ascending. They go when another scenario is opened.
class Marks {
  all = $state.raw<readonly number[]>([]);

  toggle(ns: number): void {
    this.all = this.all.includes(ns) ? this.all.filter((mark) => mark !== ns) : [...this.all, ns].sort((a, b) => a - b);
  }

  /** The next one, or the first behind the last; null: there is none. */
  after(ns: number): number | null {
    return this.all.find((mark) => mark > ns) ?? this.all[0] ?? null;
  }

  clear(): void {
    this.all = [];
  }
}

export const marks = new Marks();
