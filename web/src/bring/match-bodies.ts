// SPDX-License-Identifier: Apache-2.0
// Which target gave which of the saved bodies. The names of the files decide as far as they say something; what is left is dealt
// out in order.
import type { BroughtFile } from './brought';

export interface TargetAddress {
  job: string;
  /** host:port */
  address: string;
}

export interface Matched {
  target: TargetAddress;
  /** In the order of the requests. */
  bodies: BroughtFile[];
  /** Because a name says so, or because it was its turn. */
  byName: boolean;
}

const kPlain = /[^a-z0-9]+/g;

function plain(text: string): string {
  return text.toLowerCase().replace(kPlain, '-').replace(/^-+|-+$/g, '');
}

function stem(path: string): string {
  return path.replace(/\.(txt|prom|om|metrics|pb|protobuf|bin|log)$/i, '');
}

/** 0: the path says nothing about the target. The address counts more than the host, the host more than the job. */
function likeness(path: string, target: TargetAddress): number {
  const said = `-${plain(stem(path))}-`;
  const host = target.address.replace(/:\d+$/, '');
  const port = target.address.slice(host.length + 1);
  if (said.includes(`-${plain(target.address)}-`)) return 5;
  if (host !== 'localhost' && said.includes(`-${plain(host)}-`)) return 4;
  if (said.includes(`-${plain(target.job)}-`)) return 3;
  if (port.length > 3 && said.includes(`-${port}-`)) return 2;
  return 0;
}

/** `b.2.txt` before `b.10.txt`. */
function byNumbers(a: BroughtFile, b: BroughtFile): number {
  return a.path.localeCompare(b.path, 'en', { numeric: true });
}

export function matchBodies(targets: readonly TargetAddress[], bodies: readonly BroughtFile[]): Matched[] {
  const matched = new Map<TargetAddress, Matched>();
  const give = (target: TargetAddress, body: BroughtFile, byName: boolean): void => {
    const entry = matched.get(target);
    if (entry) entry.bodies.push(body);
    else matched.set(target, { target, bodies: [body], byName });
  };
  const left: BroughtFile[] = [];
  for (const body of [...bodies].sort(byNumbers)) {
    const best = targets.reduce<{ target?: TargetAddress; score: number }>(
      (found, target) => {
        const score = likeness(body.path, target) * 2 - (matched.has(target) ? 1 : 0);
        return score > found.score ? { target, score } : found;
      },
      { score: 0 },
    );
    if (best.target) give(best.target, body, true);
    else left.push(body);
  }
  const free = targets.filter((target) => !matched.has(target));
  const groups = left.length <= free.length ? left.map((body) => [body]) : Object.values(series(left));
  groups.forEach((group, i) => {
    const target = free.length > 0 ? free[Math.min(i, free.length - 1)] : targets[Math.min(i, targets.length - 1)];
    for (const body of group) give(target, body, false);
  });
  return [...matched.values()];
}

/** Bodies whose names differ in a number at the end only: answers of one target, one after the other. */
function series(bodies: readonly BroughtFile[]): Record<string, BroughtFile[]> {
  const groups: Record<string, BroughtFile[]> = {};
  for (const body of bodies) (groups[stem(body.path).replace(/[-_. ]?\d+$/, '')] ??= []).push(body);
  return groups;
}
