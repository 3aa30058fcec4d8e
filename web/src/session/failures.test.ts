// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { failurePlaces } from './failures';

it('says when an expectation fails', () => {
  const failure = { file: 'a.yml', line: 1, column: 1, kind: 'samples', subject: 'up', message: '', detail: '', next: '' };
  const found = failurePlaces([{ ...failure, at_ns: '1005000000', series: 'up' }, failure]);
  expect(found.map(({ ns }) => ns)).toEqual([1_005_999_999, null]);
});
