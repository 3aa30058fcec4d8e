// SPDX-License-Identifier: Apache-2.0
// When and where an expectation fails: the engine names both in the question that it proposes to ask next.
import { parseDuration } from '../bring/duration';
import type { Failure } from '../engine/types';

export interface FailurePlace {
  failure: Failure;
  /** null: it is about the whole run. */
  ns: number | null;
}

const kAt = /--at (\S+)$/;
/** The end of the millisecond that is named: what happens in it has happened then. */
export function failurePlaces(failures: readonly Failure[]): FailurePlace[] {
  return failures.map((failure) => {
    const at = kAt.exec(failure.next ?? '');
    const ms = at ? parseDuration(at[1]) : null;
    return { failure, ns: ms === null ? null : ms * 1e6 + 999_999 };
  });
}
