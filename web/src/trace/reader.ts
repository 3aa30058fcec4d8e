// SPDX-License-Identifier: Apache-2.0
// Reads the primitives of the binary trace (docs/formats/trace.md). Numbers up to 2^53 are exact; value bits and hashes
// are read as two halves and shown as hex.

const kText = new TextDecoder();

export class TraceError extends Error {}

export class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
  ) {}

  u64(): number {
    const { bytes } = this;
    let byte = bytes[this.at++];
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 128;
    do {
      byte = bytes[this.at++];
      value += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte >= 0x80);
    if (this.at > bytes.length) throw new TraceError(`the trace is cut at byte ${bytes.length}`);
    return value;
  }

  i64(): number {
    const { bytes } = this;
    let byte = bytes[this.at++];
    const odd = byte & 1;
    let half = (byte & 0x7f) >> 1;
    let scale = 64;
    while (byte >= 0x80) {
      byte = bytes[this.at++];
      half += (byte & 0x7f) * scale;
      scale *= 128;
    }
    if (this.at > bytes.length) throw new TraceError(`the trace is cut at byte ${bytes.length}`);
    return odd ? -half - 1 : half;
  }

  /** 16 hex digits. */
  hex64(): string {
    let value = 0n;
    let shift = 0n;
    let byte: number;
    do {
      byte = this.bytes[this.at++];
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
    } while (byte >= 0x80);
    return BigInt.asUintN(64, value).toString(16).padStart(16, '0');
  }

  /** The float that a u64 holds the bits of. A NaN loses its payload: ask `hex64` for markers. */
  float64(): number {
    let low = 0;
    let high = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = this.bytes[this.at++];
      const part = byte & 0x7f;
      if (shift < 28) low |= part << shift;
      else if (shift === 28) {
        low |= part << 28;
        high |= part >> 4;
      } else high |= part << (shift - 32);
      shift += 7;
    } while (byte >= 0x80);
    kView.setUint32(0, low >>> 0, true);
    kView.setUint32(4, high >>> 0, true);
    return kView.getFloat64(0, true);
  }

  skip(): void {
    while (this.bytes[this.at++] >= 0x80);
  }

  raw(): Uint8Array {
    const length = this.u64();
    const from = this.at;
    this.at += length;
    if (this.at > this.bytes.length) throw new TraceError(`the trace is cut at byte ${this.bytes.length}`);
    return this.bytes.subarray(from, this.at);
  }

  text(): string {
    return kText.decode(this.raw());
  }
}

const kView = new DataView(new ArrayBuffer(8));

/** Upstream's encoding of a label set: length, name, length, value for each label. */
export function decodeLabels(encoded: Uint8Array): Record<string, string> {
  const labels: Record<string, string> = {};
  let at = 0;
  const part = (): string => {
    let length = encoded[at++];
    if (length === 255) {
      length = encoded[at] | (encoded[at + 1] << 8) | (encoded[at + 2] << 16);
      at += 3;
    }
    at += length;
    return kText.decode(encoded.subarray(at - length, at));
  };
  while (at < encoded.length) {
    const name = part();
    labels[name] = part();
  }
  return labels;
}
