// SPDX-License-Identifier: Apache-2.0
// For the web and workers: stalemark.wasm lies beside this file.
import { compile, setDefaultModule } from './run.mjs';

setDefaultModule(() => compile(new URL('./stalemark.wasm', import.meta.url)));

export { Run, StalemarkError, compile } from './run.mjs';
