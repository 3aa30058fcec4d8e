// SPDX-License-Identifier: Apache-2.0
import { accessible, expect, test } from './page';

test('the gallery is what a first visit sees', async ({ page }) => {
  await page.goto('./');
  await expect(page.getByRole('heading', { name: 'Why is this sample there' })).toBeVisible();
  await expect(page.getByRole('button', { name: /node_exporter with a restart/ })).toBeVisible();
  expect(await page.locator('.gallery li').count()).toBeGreaterThan(80);
});

test('the gallery is filtered by words', async ({ page }) => {
  await page.goto('./');
  await page.getByLabel('Filter the gallery').fill('clock back');
  await expect(page.locator('.gallery li')).not.toHaveCount(0);
  for (const text of await page.locator('.gallery li').allInnerTexts()) expect(text.toLowerCase()).toContain('clock');
  await page.getByLabel('Filter the gallery').fill('no such thing');
  await expect(page.getByText('No scenario has “no such thing”')).toBeVisible();
});

test('the palette finds an action by words and runs it', async ({ page }) => {
  await page.goto('./');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Action' }).fill('short');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('the palette is used by pointer', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('button', { name: 'Find an action' }).click();
  await page.getByRole('option', { name: /Dark or light/ }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
});

test('keys open the help sheet and change the theme; a field keeps its keys', async ({ page }) => {
  await page.goto('./');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.keyboard.press('t');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await page.getByLabel('Filter the gallery').focus();
  await page.keyboard.type('t?g');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByLabel('Filter the gallery')).toHaveValue('t?g');
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
});

test('without a gallery the page says so', async ({ page }) => {
  await page.route('**/gallery/index.json', (route) => route.fulfill({ status: 200, contentType: 'application/json', body: '[' }));
  await page.goto('./');
  await expect(page.getByRole('alert')).toContainText('The gallery is not beside this page');
});

for (const theme of ['dark', 'light']) {
  test(`gallery, palette and help are accessible, ${theme}`, async ({ page }) => {
    await page.goto(`./?theme=${theme}`);
    await expect(page.locator('.gallery li').first()).toBeVisible();
    await accessible(page);
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog')).toBeVisible();
    await accessible(page);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    await accessible(page);
  });
}
