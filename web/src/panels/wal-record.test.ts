// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { bytesOfHex, changedPart, sampleIn } from './wal-record';

// References 3, 4 and 1000, two of them at the first time, the last one a second before.
const kRecord = `02${'0000000000000003'}${'0000019b76da3800'}${'0000'}${'3ff0000000000000'}${'0200'}${'4000000000000000'}${'ca0fcf0f'}${'4008000000000000'}`;

it('finds the bytes of a sample', () => {
  const record = bytesOfHex(kRecord);
  expect(sampleIn(record, 3)).toEqual({ from: 17, to: 27 });
  expect(sampleIn(record, 4)).toEqual({ from: 27, to: 37 });
  expect(sampleIn(record, 1000)).toEqual({ from: 37, to: 49 });
  expect(sampleIn(record, 5)).toBeNull();
});

it('finds nothing in a record of another type, or in one that was cut', () => {
  expect(sampleIn(bytesOfHex(`01${kRecord.slice(2)}`), 3)).toBeNull();
  expect(sampleIn(bytesOfHex(kRecord).subarray(0, 40), 1000)).toBeNull();
  expect(sampleIn(new Uint8Array(), 3)).toBeNull();
});

it('tells what is new in a chunk', () => {
  expect(changedPart(bytesOfHex('0001aabb'), bytesOfHex('0002aabbcc'), 2)).toEqual({ from: 4, to: 5 });
  expect(changedPart(bytesOfHex(''), bytesOfHex('0001aa'), 2)).toEqual({ from: 2, to: 3 });
  expect(changedPart(bytesOfHex('0001aa'), bytesOfHex('0001aa'), 2)).toBeNull();
});
