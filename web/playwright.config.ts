// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from '@playwright/test';

const kPort = 4187;

// Browsers that the tool would download cannot be had everywhere: it drives the system's Chromium.
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: '../build/web-results',
  snapshotPathTemplate: 'tests/screens/{arg}{ext}',
  timeout: 30_000,
  expect: { timeout: 10_000, toHaveScreenshot: { maxDiffPixelRatio: 0.02, threshold: 0.25, animations: 'disabled', caret: 'hide' } },
  workers: 1,
  reporter: process.env.REPORT_JSON ? [['list'], ['json', { outputFile: process.env.REPORT_JSON }]] : 'list',
  use: {
    baseURL: `http://127.0.0.1:${kPort}/`,
    viewport: { width: 1280, height: 720 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    colorScheme: 'dark',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--font-render-hinting=none',
      ],
    },
  },
  webServer: { command: `node scripts/serve.mjs ${kPort}`, port: kPort, reuseExistingServer: true },
});
