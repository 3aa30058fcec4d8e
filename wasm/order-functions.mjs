#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Puts functions of a WebAssembly module that have much in common next to each other: gzip looks back 32 KiB, a fiftieth
// of the module. What the module does stays the same. A module with an instruction that is not known here is left as it is.
//
//   order-functions.mjs MODULE     rewrites the file
import fs from 'node:fs';

const kSection = { custom: 0, import: 2, function: 3, export: 7, start: 8, element: 9, code: 10 };
// Found by trying. Functions are compared by their runs of this many bytes; a run that more than kCommon functions have says nothing.
const kRun = 6;
const kCommon = 3000;
/// How much of what a function has in common with the one before last still counts, and so on back.
const kFade = 0.9;
/// Short functions share little, and all of it counts: what is shared is divided by the size and this.
const kBase = 100;

class UnknownError extends Error {}

class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  byte() {
    return this.bytes[this.at++];
  }
  /// Signed numbers are only ever passed over, so that their sign does not matter.
  leb() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
  skip(size) {
    this.at += size;
  }
  /// How many there were.
  vector(each) {
    const count = this.leb();
    for (let i = 0; i < count; ++i) each();
    return count;
  }
}

function leb(value) {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}

/// Goes behind an instruction's operands; onFunction(begin, end, index) where one is the index of a function.
function passOperands(reader, opcode, onFunction) {
  const lebs = (count) => {
    for (; count > 0; --count) reader.leb();
  };
  const memory = () => lebs(2);
  const func = () => {
    const begin = reader.at;
    const index = reader.leb();
    onFunction(begin, reader.at, index);
  };
  if (opcode === 0x10 || opcode === 0x12 || opcode === 0xd2) return func();
  if (opcode >= 0x45 && opcode <= 0xc4) return;
  if (opcode >= 0x28 && opcode <= 0x3e) return memory();
  if (opcode >= 0x20 && opcode <= 0x26) return lebs(1);
  switch (opcode) {
    case 0x00: case 0x01: case 0x05: case 0x0b: case 0x0f: case 0x19: case 0x1a: case 0x1b: case 0xd1:
      return;
    case 0x02: case 0x03: case 0x04: case 0x06: case 0x07: case 0x08: case 0x09: case 0x0c: case 0x0d: case 0x18:
    case 0x3f: case 0x40: case 0x41: case 0x42: case 0xd0:
      return lebs(1);
    case 0x0e:
      reader.vector(() => lebs(1));
      return lebs(1);
    case 0x11: case 0x13:
      return lebs(2);
    case 0x1c:
      return reader.vector(() => lebs(1));
    case 0x43:
      return reader.skip(4);
    case 0x44:
      return reader.skip(8);
    case 0xfc: {
      const sub = reader.leb();
      if (sub > 17) throw new UnknownError(`0xfc ${sub}`);
      return lebs(sub < 8 ? 0 : [8, 10, 12, 14].includes(sub) ? 2 : 1);
    }
    case 0xfd: {
      const sub = reader.leb();
      if (sub > 255) throw new UnknownError(`0xfd ${sub}`);
      if (sub === 12 || sub === 13) return reader.skip(16);
      if (sub >= 21 && sub <= 34) return reader.skip(1);
      if (sub <= 11 || (sub >= 84 && sub <= 93)) memory();
      if (sub >= 84 && sub <= 91) reader.skip(1);
      return;
    }
    default:
      throw new UnknownError(`opcode 0x${opcode.toString(16)}`);
  }
}

function parse(bytes) {
  const module = { head: bytes.subarray(0, 8), sections: [], imported: 0, bodies: [] };
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const size = reader.leb();
    module.sections.push({ id, content: bytes.subarray(reader.at, reader.at + size) });
    reader.skip(size);
  }
  for (const { id, content } of module.sections) {
    const part = new Reader(content);
    if (id === kSection.import) {
      part.vector(() => {
        part.skip(part.leb());
        part.skip(part.leb());
        if (part.byte() !== 0) throw new UnknownError('an import that is no function');
        part.leb();
        ++module.imported;
      });
    } else if (id === kSection.code) {
      part.vector(() => {
        const size = part.leb();
        module.bodies.push(content.subarray(part.at, part.at + size));
        part.skip(size);
      });
    } else if (id === kSection.custom) {
      const name = content.toString('latin1', 1, 1 + content[0]);
      if (name === 'name' || name.startsWith('.debug') || name === 'sourceMappingURL') throw new UnknownError(`section ${name}`);
    }
  }
  return module;
}

/// [{begin, end, index}]: where a body names functions.
function referencesIn(body) {
  const references = [];
  const reader = new Reader(body);
  reader.vector(() => {
    reader.leb();
    reader.leb();
  });
  while (reader.at < body.length) {
    passOperands(reader, reader.byte(), (begin, end, index) => references.push({ begin, end, index }));
  }
  return references;
}

/// Of each function, the functions that share a run of bytes with it, once for each run: lists over one array.
function sharedRuns(bodies) {
  const total = bodies.reduce((sum, body) => sum + Math.max(0, body.length - kRun + 1), 0);
  const kFunctions = 65536;
  const pairs = new Float64Array(total);
  let count = 0;
  bodies.forEach((body, number) => {
    for (let at = 0; at + kRun <= body.length; ++at) {
      let hash = 0x811c9dc5;
      for (let i = 0; i < kRun; ++i) hash = Math.imul(hash ^ body[at + i], 0x01000193);
      pairs[count++] = (hash >>> 0) * kFunctions + number;
    }
  });
  pairs.sort();
  const runs = bodies.map(() => []);
  const functionOf = (pair) => pair % kFunctions;
  for (let begin = 0; begin < count; ) {
    const hash = Math.floor(pairs[begin] / kFunctions);
    const members = [];
    let end = begin;
    for (; end < count && Math.floor(pairs[end] / kFunctions) === hash; ++end) {
      if (end === begin || pairs[end] !== pairs[end - 1]) members.push(functionOf(pairs[end]));
    }
    if (members.length > 1 && members.length <= kCommon) for (const member of members) runs[member].push(members);
    begin = end;
  }
  return runs;
}

/// The functions in their new order: behind each, the one that has most in common with those just before.
function order(bodies) {
  const runs = sharedRuns(bodies);
  const score = new Float64Array(bodies.length);
  const left = new Uint8Array(bodies.length).fill(1);
  const result = [];
  for (let current = 0; current >= 0; ) {
    left[current] = 0;
    result.push(current);
    for (const members of runs[current]) {
      const weight = 1 / Math.sqrt(members.length);
      for (const member of members) score[member] += weight;
    }
    let best = -1;
    let most = -1;
    for (let i = 0; i < bodies.length; ++i) {
      if (left[i] === 0) continue;
      const share = score[i] / (kBase + bodies[i].length);
      if (share > most) [most, best] = [share, i];
      score[i] *= kFade;
    }
    current = best;
  }
  return result;
}

function rewritten(module) {
  const references = module.bodies.map(referencesIn);
  const places = order(module.bodies);
  const renamed = new Map(places.map((from, to) => [from + module.imported, to + module.imported]));
  const rename = (index) => leb(renamed.get(index) ?? index);
  const bodyOf = (number) => {
    const body = module.bodies[number];
    const parts = [];
    let at = 0;
    for (const { begin, end, index } of references[number]) {
      parts.push(body.subarray(at, begin), rename(index));
      at = end;
    }
    const whole = Buffer.concat([...parts, body.subarray(at)]);
    return Buffer.concat([leb(whole.length), whole]);
  };
  const contents = {
    [kSection.code]: () => Buffer.concat([leb(places.length), ...places.map(bodyOf)]),
    [kSection.function]: (content) => {
      const types = [];
      const reader = new Reader(content);
      reader.vector(() => types.push(reader.leb()));
      return Buffer.concat([leb(types.length), ...places.map((from) => leb(types[from]))]);
    },
    [kSection.start]: (content) => rename(new Reader(content).leb()),
    [kSection.export]: (content) => {
      const reader = new Reader(content);
      const parts = [];
      const count = reader.vector(() => {
        const begin = reader.at;
        reader.skip(reader.leb());
        const kind = reader.byte();
        const named = content.subarray(begin, reader.at);
        const index = reader.leb();
        parts.push(named, kind === 0 ? rename(index) : leb(index));
      });
      return Buffer.concat([leb(count), ...parts]);
    },
    [kSection.element]: (content) => {
      const reader = new Reader(content);
      const parts = [];
      const segments = reader.vector(() => {
        const begin = reader.at;
        if (reader.leb() !== 0 || reader.byte() !== 0x41) throw new UnknownError('an element segment of another kind');
        reader.leb();
        if (reader.byte() !== 0x0b) throw new UnknownError('the offset of an element segment');
        const count = reader.at;
        const indexes = [];
        reader.vector(() => indexes.push(rename(reader.leb())));
        parts.push(content.subarray(begin, count), leb(indexes.length), ...indexes);
      });
      return Buffer.concat([leb(segments), ...parts]);
    },
  };
  const sections = module.sections.map(({ id, content }) => {
    const changed = contents[id]?.(content) ?? content;
    return Buffer.concat([leb(id), leb(changed.length), changed]);
  });
  return Buffer.concat([module.head, ...sections]);
}

const file = process.argv[2];
try {
  const bytes = rewritten(parse(fs.readFileSync(file)));
  if (!WebAssembly.validate(bytes)) throw new Error(`${file}: the reordered module is not valid`);
  fs.writeFileSync(file, bytes);
} catch (error) {
  if (!(error instanceof UnknownError)) throw error;
  console.log(`order-functions: ${file} stays as it is: ${error.message}`);
}
