// SPDX-License-Identifier: Apache-2.0
// The page as one file, view.html, that opens from disk: a classic script, style sheet and module inside (script and module as zlib
// streams in base64: half of what the script takes as text), and a marker
// that `stalemark view` replaces by a scenario (docs/design/visualizer.md).
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import type { Plugin } from 'vite';
import { moduleFile, packageAlias } from './module';

const kMarker = '<!-- stalemark:bundle -->';
/** Unpacks the script and runs it. */
const kStart = `
const packed = Uint8Array.from(atob(document.getElementById('stalemark-script').textContent), (character) => character.charCodeAt(0));
new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'))).text().then((code) => {
  const script = document.createElement('script');
  script.textContent = code;
  document.body.append(script);
});
`;

export function singlePlugin(root: string): Plugin {
  return {
    name: 'stalemark-single',
    enforce: 'post',
    config: () => ({
      build: { outDir: '../build/web', emptyOutDir: false, cssCodeSplit: false, modulePreload: false, rollupOptions: { output: { format: 'iife', inlineDynamicImports: true } } },
      worker: { format: 'iife' },
      resolve: { alias: [packageAlias(root), { find: './engine/start', replacement: path.join(root, 'web/src/engine/start-single.ts') }] },
    }),
    generateBundle(_options, bundle) {
      let script = '';
      let style = '';
      let page = '';
      for (const [name, output] of Object.entries(bundle)) {
        if (output.type === 'chunk') script += output.code;
        else if (name.endsWith('.css')) style += String(output.source);
        else if (name === 'index.html') page = String(output.source);
        delete bundle[name];
      }
      this.emitFile({ type: 'asset', fileName: 'view.html', source: onePage(page, style, script, moduleFile(root)) });
    },
  };
}

function onePage(page: string, style: string, script: string, module: string): string {
  const head = page.replace(/<script type="module"[^>]*><\/script>\s*|<link rel="stylesheet"[^>]*>\s*/g, '');
  const [before, after] = head.split('</body>');
  const wasm = fs.existsSync(module) ? zlib.deflateSync(fs.readFileSync(module), { level: 9 }).toString('base64') : '';
  const inside = `<script type="application/octet-stream" id="stalemark-module">${wasm}</script>`;
  const code = `<script type="application/octet-stream" id="stalemark-script">${zlib.deflateSync(script, { level: 9 }).toString('base64')}</script>`;
  return `${before.replace('</head>', () => `<style>${style}</style></head>`)}${kMarker}\n${inside}\n${code}\n<script>${kStart}</script>\n</body>${after}`;
}
