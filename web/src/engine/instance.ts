// SPDX-License-Identifier: Apache-2.0
// One instance of the module: a run, asked in JSON. Copies of its memory may be given back to it, or to another instance.
import { EngineError } from './types';

export interface Instance {
  /** The answer's bytes, valid until the next call. Throws EngineError with the module's words. */
  call(name: string, request: unknown): Uint8Array;
  /** A copy of the memory in use. */
  copy(): Uint8Array;
  restore(copy: Uint8Array): void;
  memoryBytes(): number;
}

export type MakeInstance = () => Promise<Instance>;

const kText = new TextDecoder();

export function ask<T>(instance: Instance, name: string, request: unknown = {}): T {
  return JSON.parse(kText.decode(instance.call(name, request))) as T;
}

export function errorOf(output: Uint8Array): EngineError {
  const text = kText.decode(output);
  try {
    const { error } = JSON.parse(text) as { error: { message: string; file?: string; line?: number; column?: number } };
    return new EngineError(error.message, error.file, error.line, error.column);
  } catch {
    return new EngineError(text || 'the engine gave no answer');
  }
}
