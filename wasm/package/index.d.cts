// SPDX-License-Identifier: Apache-2.0
import type * as esm from './index.d.ts' with { 'resolution-mode': 'import' };

export declare const Run: { create: typeof esm.Run.create; check: typeof esm.Run.check };
export declare const compile: typeof esm.compile;
