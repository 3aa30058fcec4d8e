// SPDX-License-Identifier: Apache-2.0
// Puts the module, as `make wasm` builds it, beside the page as stalemark.wasm. STALEMARK_WASM names another file.
import fs from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

const kName = 'stalemark.wasm';

/** Not the package's entry: that one looks for the module beside itself, the page says where it is. */
export function packageAlias(root: string): { find: string; replacement: string } {
  return { find: 'stalemark-wasm', replacement: path.join(root, 'wasm/package/run.mjs') };
}

export function moduleFile(root: string): string {
  return process.env.STALEMARK_WASM ?? path.join(root, 'build/wasm/package', kName);
}

export function modulePlugin(root: string): Plugin {
  const file = moduleFile(root);
  return {
    name: 'stalemark-module',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        if ((request.url ?? '').split('?')[0] !== `/${kName}` || !fs.existsSync(file)) return next();
        response.setHeader('Content-Type', 'application/wasm');
        fs.createReadStream(file).pipe(response);
      });
    },
    generateBundle() {
      if (fs.existsSync(file)) this.emitFile({ type: 'asset', fileName: kName, source: fs.readFileSync(file) });
      else this.warn(`there is no ${path.relative(root, file)}: the page will say that it has no engine (make wasm builds it)`);
    },
  };
}
