// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { failurePlaces } from './failures';

it('finds when an expectation fails', () => {
  const failure = { file: 'a.yml', line: 1, column: 1, kind: 'samples', subject: 'up', message: '', detail: '' };
  const found = failurePlaces([
    { ...failure, next: "stalemark explain a.yml 'up' --at 1s5ms" },
    { ...failure, next: '' },
  ]);
  expect(found.map(({ ns }) => ns)).toEqual([1_005_999_999, null]);
});
