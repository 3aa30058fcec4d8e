// SPDX-License-Identifier: Apache-2.0
// A body as lines: of a text, or of a hex dump when it is binary.
export interface BodyLine {
  number: number;
  text: string;
  /** Where the marked part begins and ends in the text; both 0: none. */
  from: number;
  to: number;
}

export interface BodyView {
  lines: BodyLine[];
  total: number;
  /** Number of the line that is looked at, 0: none. */
  current: number;
}

const kAround = 150;
const kWidth = 16;
const kText = new TextDecoder();

export function isBinary(contentType: string): boolean {
  return contentType.includes('protobuf');
}

/** Number of the line, from 1, in which the byte lies. */
export function lineOfOffset(body: Uint8Array, offset: number): number {
  let line = 1;
  const end = Math.min(offset, body.length);
  for (let at = 0; at < end; ++at) if (body[at] === 10) ++line;
  return line;
}

/** The line that begins at the offset, without its end. */
export function lineAt(body: Uint8Array, offset: number): string {
  const end = body.indexOf(10, offset);
  return kText.decode(body.subarray(offset, end < 0 ? body.length : end));
}

/** The series of an exposed line: what stands before its value. */
export function exposedSeries(line: string): string {
  let quoted = false;
  for (let at = 0; at < line.length; ++at) {
    const letter = line[at];
    if (letter === '\\' && quoted) ++at;
    else if (letter === '"') quoted = !quoted;
    else if (letter === '}' && !quoted) return line.slice(0, at + 1);
    else if ((letter === ' ' || letter === '\t') && !quoted && !line.slice(0, at).includes('{')) return line.slice(0, at);
  }
  return line;
}

/** Lines around `current`; `column` (from 1, in bytes) marks what follows it. */
export function textView(body: Uint8Array, current: number, column = 0): BodyView {
  const text = kText.decode(body);
  const all = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
  const middle = Math.max(current, 1);
  const from = Math.max(1, middle - kAround);
  const lines = all.slice(from - 1, middle + kAround).map((line, at): BodyLine => {
    const number = from + at;
    return number === current ? { number, text: line, from: Math.max(column - 1, 0), to: line.length } : { number, text: line, from: 0, to: 0 };
  });
  return { lines, total: all.length, current };
}

/** 16 bytes a line. */
export function hexView(body: Uint8Array, offset: number): BodyView {
  const total = Math.ceil(body.length / kWidth);
  const current = Math.floor(offset / kWidth) + 1;
  const lines: BodyLine[] = [];
  for (let row = Math.max(0, current - 1 - kAround); row < Math.min(total, current + kAround); ++row) {
    const bytes = [...body.subarray(row * kWidth, (row + 1) * kWidth)];
    const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ').padEnd(kWidth * 3 - 1);
    const plain = bytes.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('');
    const here = row + 1 === current;
    lines.push({ number: row * kWidth, text: `${hex}  ${plain}`, from: here ? 0 : 0, to: here ? kWidth * 3 - 1 : 0 });
  }
  return { lines, total, current: (current - 1) * kWidth };
}
