// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { galleryPlugin } from './build/gallery';

// Relative addresses: the page works from any folder of any static host.
export default defineConfig({
  base: './',
  plugins: [svelte(), galleryPlugin(path.resolve(import.meta.dirname, '..'))],
  build: { target: 'es2022', reportCompressedSize: true },
  worker: { format: 'es' },
  test: { include: ['build/**/*.test.ts', 'src/**/*.test.ts'], environment: 'node' },
});
