// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { galleryPlugin } from './build/gallery';
import { modulePlugin, packageAlias } from './build/module';

const kRoot = path.resolve(import.meta.dirname, '..');

// Relative addresses: the page works from any folder of any static host.
export default defineConfig({
  base: './',
  plugins: [svelte(), galleryPlugin(kRoot), modulePlugin(kRoot)],
  resolve: { alias: [packageAlias(kRoot)] },
  build: { outDir: '../build/web', emptyOutDir: true, target: 'es2022', reportCompressedSize: true },
  server: { fs: { allow: [kRoot] } },
  worker: { format: 'es' },
  test: { include: ['build/**/*.test.ts', 'src/**/*.test.ts'], environment: 'node' },
});
