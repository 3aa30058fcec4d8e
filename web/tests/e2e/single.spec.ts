// SPDX-License-Identifier: Apache-2.0
// The page as one file, with a scenario put in as `stalemark view --html` does it, opened from disk.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { expect, ready, test } from './page';

const kBuilt = path.resolve(import.meta.dirname, '../../../build/web');

test('one file opens from disk, with module and scenario inside', async ({ page }, info) => {
  const bundle = fs.readFileSync(path.join(kBuilt, 'gallery/node_exporter.scenario.json'));
  const inside = `<script type="application/octet-stream" id="stalemark-bundle">${zlib.deflateSync(bundle).toString('base64')}</script>`;
  const file = info.outputPath('node.html');
  fs.writeFileSync(file, fs.readFileSync(path.join(kBuilt, 'view.html'), 'utf8').replace('<!-- stalemark:bundle -->', () => inside));
  await page.goto(`file://${file}`);
  await ready(page);
  await expect(page.getByText('all 11 expectations hold')).toBeVisible();
  await page.keyboard.press(']');
  await expect(page.getByRole('heading', { name: /^Why is there a stale marker/ })).toBeVisible();
  await page.keyboard.press('e');
  await expect(page.getByText('The engine finds nothing wrong.')).toBeVisible();
});

test('a report lists what was tested, failed first, and opens it', async ({ page }, info) => {
  const bundleOf = (id: string) => JSON.parse(fs.readFileSync(path.join(kBuilt, `gallery/${id}.json`), 'utf8')) as { scenario: string; files: Record<string, string> };
  const [good, bad] = [bundleOf('exporter-restart'), bundleOf('sample-limit')];
  const entry = (bundle: typeof good, name: string, group: string) => ({
    id: bundle.scenario, scenario: bundle.scenario, name, about: `about ${name}`, group, duration: '3m', files: Object.keys(bundle.files),
  });
  const report = { title: '1 of 2 scenarios failed', files: { ...good.files, ...bad.files }, entries: [entry(good, 'fine', 'passed'), entry(bad, 'wrong', 'failed')] };
  const inside = `<script type="application/octet-stream" id="stalemark-gallery">${zlib.deflateSync(JSON.stringify(report)).toString('base64')}</script>`;
  const file = info.outputPath('report.html');
  fs.writeFileSync(file, fs.readFileSync(path.join(kBuilt, 'view.html'), 'utf8').replace('<!-- stalemark:bundle -->', () => inside));
  await page.goto(`file://${file}`);
  await expect(page.getByRole('heading', { name: '1 of 2 scenarios failed' })).toBeVisible();
  await expect(page.getByRole('heading', { level: 3 })).toHaveText([/^Failed/, /^Passed/]);
  await page.getByRole('button', { name: /about wrong/ }).click();
  await ready(page);
  await expect(page).toHaveTitle(/sample_limit/);
});

test('one file without a scenario says that it has no gallery', async ({ page }) => {
  await page.goto(`file://${path.join(kBuilt, 'view.html')}`);
  await expect(page.getByRole('alert')).toContainText('The gallery is not beside this page');
});
