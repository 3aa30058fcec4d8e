// SPDX-License-Identifier: Apache-2.0
// Editing, injecting, comparing, sharing, and what goes wrong.
import { cursor, expect, kNodeExporter, kRestart, open, ready, test } from './page';

const text = (page: import('@playwright/test').Page) => page.getByRole('textbox', { name: /^Text of/ });

/** Replaces the whole text of the file that the editor shows. */
async function write(page: import('@playwright/test').Page, change: (text: string) => string): Promise<void> {
  const before = await page.locator('.cm-content').evaluate((content) => [...content.querySelectorAll('.cm-line')].map((line) => line.textContent).join('\n'));
  await text(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(change(before));
}

test('an edit runs as a branch, and the branches are compared', async ({ page }) => {
  await open(page, kRestart);
  await page.keyboard.press('e');
  await expect(page.getByText('The engine finds nothing wrong.')).toBeVisible();
  await write(page, (before) => before.replace('for: 45s', 'for: 20s'));
  await expect(page.getByText('One file is changed')).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByText(/1 of 2 expectations hold|0 of 2 expectations hold/)).toBeVisible();
  await page.keyboard.press('}');
  await expect(page.getByRole('region', { name: 'State' }).getByRole('heading', { name: /^up/ })).toBeVisible();
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'Compare two branches' });
  await expect(dialog.getByRole('heading', { name: /Series that differ: [1-9]/ })).toBeVisible();
  await dialog.getByRole('button', { name: /^up/ }).click();
  await expect(dialog).toHaveCount(0);
});

test('a problem is shown at its line, and leads there', async ({ page }) => {
  await open(page, kRestart);
  await page.getByRole('button', { name: /^Edit/ }).click();
  await write(page, (before) => before.replace('duration: 3m', 'duration: soon'));
  const problem = page.getByRole('dialog').getByRole('button', { name: /exporter-restart.yml:\d+/ });
  await expect(problem).toBeVisible();
  await expect(page.locator('.cm-lintRange-error').first()).toBeVisible();
  await problem.click();
  await page.getByRole('button', { name: 'Run as a branch' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
});

test('keys of a scenario are completed', async ({ page }) => {
  await open(page, kRestart);
  await page.keyboard.press('e');
  await text(page).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('\nstor');
  await expect(page.getByRole('option', { name: /storage/ })).toBeVisible();
});

test('a fault is injected at the cursor by keyboard', async ({ page }) => {
  await open(page, kRestart);
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('i');
  const dialog = page.getByRole('dialog', { name: /Inject a fault/ });
  await dialog.getByLabel('What happens').selectOption('status');
  await dialog.getByLabel('Status').fill('503');
  await dialog.getByLabel('For').fill('20s');
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Compare' })).toBeEnabled();
  await page.keyboard.press(']');
  await expect(page.getByRole('button', { name: /503 Service Unavailable/ }).first()).toBeVisible();
});

test('a link brings back scenario, moment and edit', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, kRestart);
  await page.keyboard.press('e');
  await write(page, (before) => before.replace('for: 45s', 'for: 20s'));
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('End');
  await page.keyboard.press('[');
  const at = await cursor(page);
  await page.keyboard.press('l');
  await expect(page.getByText('The link is copied.')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(link).hash.length).toBeLessThanOrEqual(2000);
  await page.goto('about:blank');
  await page.goto(link);
  await ready(page);
  await expect(page.getByText(/[01] of 2 expectations hold/)).toBeVisible();
  expect(await cursor(page)).toBe(at);
});

test.describe('what goes wrong is said on the page:', () => {
  const links = [
    { name: 'a link of another version', hash: '#v=9&s=a.yml', says: 'it is of version 9' },
    { name: 'a link to what the gallery has not', hash: '#v=1&s=fixtures/none.yml', says: 'which this page’s gallery does not have' },
    { name: 'a link that was cut', hash: '#v=1&s=a.yml&x=q1ZK', says: 'it may have been cut' },
  ];
  for (const { name, hash, says } of links) {
    test(name, async ({ page }) => {
      await page.goto(`./${hash}`);
      await expect(page.getByRole('alert')).toContainText(says.replace('’', "'"));
      await expect(page.getByRole('heading', { name: 'Why is this sample there' })).toBeVisible();
    });
  }

  test('a broken scenario, with file, line and column', async ({ page }) => {
    await page.goto('./');
    await page.keyboard.press('o');
    const broken = 'name: broken\nduration: 1m\nprometheus: {config: {}}\nexporter: {}\n';
    await page.getByLabel('Files', { exact: true }).setInputFiles([{ name: 'broken.yml', mimeType: 'text/yaml', buffer: Buffer.from(broken) }]);
    await page.getByRole('button', { name: /broken.yml/ }).click();
    await expect(page.getByRole('alert')).toContainText('broken.yml:4:1');
  });

  test('a module that is not there', async ({ browser, baseURL }) => {
    // The browser itself writes that a request failed into the console.
    const page = await browser.newPage({ baseURL });
    await page.route('**/stalemark.wasm', (route) => route.fulfill({ status: 404, contentType: 'text/plain', body: 'no such file' }));
    await page.goto(`./#v=1&s=${kRestart}`);
    await expect(page.getByRole('alert')).toContainText('stalemark.wasm');
    await expect(page.getByRole('alert')).toContainText('404');
    await page.close();
  });

  test('a module that is damaged', async ({ page }) => {
    await page.route('**/stalemark.wasm', (route) => route.fulfill({ status: 200, contentType: 'application/wasm', body: 'nothing' }));
    await page.goto(`./#v=1&s=${kRestart}`);
    await expect(page.getByRole('alert')).toBeVisible();
  });
});

test('a prometheus.yml and two answers that were not made for it are run', async ({ page }) => {
  await page.goto('./');
  await page.keyboard.press('o');
  const config = 'global: {scrape_interval: 15s}\nscrape_configs:\n  - {job_name: app, static_configs: [{targets: [app-1:8080, app-2:8080]}]}\n';
  const file = (name: string, content: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });
  await page.getByLabel('Files', { exact: true }).setInputFiles([file('prometheus.yml', config), file('first.txt', 'a 1\n'), file('second.txt', '# TYPE b counter\nb 2\n')]);
  await page.getByRole('button', { name: 'Run it' }).click();
  await ready(page);
  await expect(page.getByRole('region', { name: 'Timeline' }).getByRole('button', { name: 'app-2:8080' })).toBeVisible();
  await expect(page).toHaveTitle(/your prometheus.yml/);
});

test('the scenario of a thousand samples is shared in a short link', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, kNodeExporter);
  await page.getByRole('button', { name: 'Share' }).click();
  await expect(page.getByText('The link is copied.')).toBeVisible();
  expect(new URL(page.url()).hash.length).toBeLessThan(400);
});
