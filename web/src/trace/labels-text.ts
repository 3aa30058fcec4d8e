// SPDX-License-Identifier: Apache-2.0
// Label sets as an exposition writes a series: up{job="a"}, {"name.with.dots",job="a"}.
import type { Labels } from './trace';

const kName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const kLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export function seriesText(labels: Labels): string {
  const name = labels.__name__ ?? '';
  const plain = kName.test(name);
  const pairs = Object.keys(labels)
    .filter((label) => label !== '__name__')
    .sort()
    .map((label) => `${kLabel.test(label) ? label : quoted(label)}=${quoted(labels[label])}`);
  if (!plain && name !== '') pairs.unshift(quoted(name));
  return `${plain ? name : ''}${pairs.length > 0 || !plain ? `{${pairs.join(',')}}` : ''}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
