// SPDX-License-Identifier: Apache-2.0
// Where a series' sample stands in a WAL record of samples (tsdb/record: type, first reference and time as 8 bytes each, then per
// sample the distances to them as varints and 8 bytes of value). The page shows the engine's bytes; it decodes them for this alone.
const kSamples = 2;
const kHead = 17;

export interface ByteRange {
  from: number;
  to: number;
}

export function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

/** null: the record is of another type, was cut before it, or does not have the series. */
export function sampleIn(record: Uint8Array, ref: number): ByteRange | null {
  if (record[0] !== kSamples || record.length < kHead) return null;
  const first = Number(new DataView(record.buffer, record.byteOffset).getBigUint64(1));
  for (let at = kHead; at < record.length; ) {
    const reference = takeVarint(record, at);
    const time = takeVarint(record, reference.to);
    const to = time.to + 8;
    if (to > record.length) return null;
    if (first + reference.value === ref) return { from: at, to };
    at = to;
  }
  return null;
}

/** Zig-zag; its value is meant where it fits a double. */
function takeVarint(bytes: Uint8Array, from: number): { value: number; to: number } {
  let raw = 0;
  let scale = 1;
  let to = from;
  do {
    raw += (bytes[to] & 0x7f) * scale;
    scale *= 128;
  } while (bytes[to++] & 0x80);
  return { value: raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2, to };
}

/** What is new in `after`: from the first byte that differs on. null: nothing. */
export function changedPart(before: Uint8Array, after: Uint8Array, head: number): ByteRange | null {
  let from = head;
  while (from < after.length && from < before.length && before[from] === after[from]) ++from;
  return from < after.length ? { from, to: after.length } : null;
}
