// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';
import { accessible, cursor, expect, ready, test } from './page';

const kTrace = path.resolve(import.meta.dirname, '../../src/trace/testdata/exporter-restart.trace');
const kConfig = 'scrape_configs:\n  - {job_name: app, scrape_interval: 15s, static_configs: [{targets: [app-1:8080, app-2:8080]}]}\n';
const file = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

test('a trace is opened, stepped through by keys, and says that it has no engine', async ({ page }) => {
  await page.goto('./');
  await page.keyboard.press('o');
  await page.getByLabel('Files', { exact: true }).setInputFiles(kTrace);
  await expect(page.getByRole('heading', { name: 'A trace: exporter-restart.trace' })).toBeVisible();
  await page.getByRole('button', { name: 'Open the trace' }).click();
  await ready(page);
  const before = await cursor(page);
  await page.keyboard.press('.');
  expect(await cursor(page)).not.toBe(before);
  await page.keyboard.press(',');
  expect(await cursor(page)).toBe(before);
  await page.keyboard.press('e');
  await expect(page.getByRole('status').getByText('A trace alone has no scenario')).toBeVisible();
});

test('a prometheus.yml with two bodies becomes a scenario, and the page says what it assumed', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('button', { name: /Open files of your own/ }).click();
  await page.getByLabel('Files', { exact: true }).setInputFiles([file('prometheus.yml', kConfig), file('first.txt', 'a 1\n'), file('second.txt', 'b 2\n')]);
  await expect(page.getByText('app-1:8080 answers with first.txt')).toBeVisible();
  await expect(page.getByText('app-2:8080 answers with second.txt')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run it' })).toBeVisible();
  await accessible(page);
});

test('a folder of a scenario is opened with all it names', async ({ page }) => {
  await page.goto('./');
  await page.keyboard.press('o');
  await page.getByLabel('Folder', { exact: true }).setInputFiles(path.resolve(import.meta.dirname, '../../../fixtures/scenarios/incidents/14049-handover-gap'));
  await expect(page.getByRole('heading', { name: '3 scenarios' })).toBeVisible();
  await expect(page.getByRole('button', { name: /scenario.yml/ })).toBeVisible();
});

test('files are dropped anywhere on the page', async ({ page }) => {
  await page.goto('./');
  await expect(page.locator('.gallery li').first()).toBeVisible();
  const bytes = fs.readFileSync(kTrace).toString('base64');
  const transfer = await page.evaluateHandle((base64) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], 'run.trace'));
    return data;
  }, bytes);
  await page.dispatchEvent('main', 'dragover', { dataTransfer: transfer });
  await expect(page.getByText('Drop it to open it')).toBeVisible();
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
  await expect(page.getByRole('heading', { name: 'A trace: run.trace' })).toBeVisible();
});

test('what is nothing is said to be nothing', async ({ page }) => {
  await page.goto('./');
  await page.keyboard.press('o');
  await page.getByLabel('Files', { exact: true }).setInputFiles([file('letter.txt', 'Dear reader,\n')]);
  await expect(page.getByText('Nothing here is a scenario, a trace, a prometheus.yml or an exposition: letter.txt')).toBeVisible();
});

test('a broken trace is an error on the page', async ({ page }) => {
  await page.goto('./');
  await page.keyboard.press('o');
  await page.getByLabel('Files', { exact: true }).setInputFiles([{ name: 'cut.trace', mimeType: 'application/octet-stream', buffer: fs.readFileSync(kTrace).subarray(0, 1000) }]);
  await page.getByRole('button', { name: 'Open the trace' }).click();
  await expect(page.getByRole('alert')).toContainText('byte');
});
