// SPDX-License-Identifier: Apache-2.0
// For Node: stalemark.wasm is read from the folder of this file.
import { readFile } from 'node:fs/promises';

import { compile, setDefaultModule } from './run.mjs';

setDefaultModule(async () => compile(await readFile(new URL('./stalemark.wasm', import.meta.url))));

export { Run, StalemarkError, compile } from './run.mjs';
