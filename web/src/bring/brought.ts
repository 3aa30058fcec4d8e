// SPDX-License-Identifier: Apache-2.0
// What somebody dropped on the page, and what it turns out to be. Nothing of it leaves the browser.
import type { Bundle, Files } from '../engine/types';

export interface BroughtFile {
  /** Relative to the folder that was dropped. */
  path: string;
  bytes: Uint8Array;
}

export type Found =
  /** Scenario files, the likeliest first, and everything beside them. */
  | { kind: 'scenarios'; scenarios: { path: string; name: string }[]; files: Files }
  | { kind: 'trace'; name: string; bytes: Uint8Array }
  /** A scenario that was made of a configuration and bodies, with a sentence for each thing that had to be assumed. */
  | { kind: 'made'; bundle: Bundle; assumed: string[] }
  | { kind: 'nothing'; message: string };

export const kFilesMax = 2000;
export const kBytesMax = 64 << 20;

/** null: the bytes are no UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

export function filesOf(brought: readonly BroughtFile[]): Files {
  return Object.fromEntries(brought.map(({ path, bytes }) => [path, textOf(bytes) ?? { base64: base64(bytes) }]));
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary);
}
