// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { galleryPlugin } from './build/gallery';
import { modulePlugin } from './build/module';

const kRoot = path.resolve(import.meta.dirname, '..');

// Relative addresses: the page works from any folder of any static host.
export default defineConfig({
  base: './',
  plugins: [svelte(), galleryPlugin(kRoot), modulePlugin(kRoot)],
  // Not the package's entry: that one looks for the module beside itself, the page says where it is.
  resolve: { alias: { 'stalemark-wasm': path.join(kRoot, 'wasm/package/run.mjs') } },
  build: { outDir: '../build/web', emptyOutDir: true, target: 'es2022', reportCompressedSize: true },
  server: { fs: { allow: [kRoot] } },
  worker: { format: 'es' },
  test: { include: ['build/**/*.test.ts', 'src/**/*.test.ts'], environment: 'node' },
});
