// SPDX-License-Identifier: Apache-2.0
import type { Labels } from '../trace/trace';

export interface LabelChange {
  name: string;
  kind: 'added' | 'removed' | 'changed';
  before?: string;
  after?: string;
}

/** By name. */
export function labelChanges(before: Labels, after: Labels): LabelChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): LabelChange[] => {
    const [was, is] = [before[name], after[name]];
    if (was === is) return [];
    if (was === undefined) return [{ name, kind: 'added', after: is }];
    return is === undefined ? [{ name, kind: 'removed', before: was }] : [{ name, kind: 'changed', before: was, after: is }];
  });
}
