// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { singlePlugin } from './build/single';

const kRoot = path.resolve(import.meta.dirname, '..');

export default defineConfig({ base: './', plugins: [svelte(), singlePlugin(kRoot)], build: { target: 'es2022' } });
