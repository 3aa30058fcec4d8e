// SPDX-License-Identifier: Apache-2.0
// When an expectation fails. Its series stands beside it, in the notation of this page.
import type { Failure } from '../engine/types';

export interface FailurePlace {
  failure: Failure;
  /** null: it is about the whole run. */
  ns: number | null;
}

/** The end of the millisecond that is named: what happens in it has happened then. */
export function failurePlaces(failures: readonly Failure[]): FailurePlace[] {
  return failures.map((failure) => ({ failure, ns: failure.at_ns === undefined ? null : Number(failure.at_ns) + 999_999 }));
}
