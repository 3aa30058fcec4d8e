// SPDX-License-Identifier: Apache-2.0
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// Relative addresses: the page works from any folder of any static host.
export default defineConfig({
  base: './',
  plugins: [svelte()],
  build: { target: 'es2022', reportCompressedSize: true },
  worker: { format: 'es' },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
