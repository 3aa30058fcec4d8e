// SPDX-License-Identifier: Apache-2.0
// Ten key views: no violation of axe in either theme, and, in one of them, a picture to compare with. Fonts differ between
// machines, so pictures are compared where they were made: `npm run screens` makes them anew.
import type { Page } from '@playwright/test';
import { accessible, expect, kNodeExporter, kRestart, open, test } from './page';

interface View {
  name: string;
  theme: 'dark' | 'light';
  go: (page: Page, more: string) => Promise<void>;
}

const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click();
const dialog = (page: Page) => expect(page.getByRole('dialog')).toBeVisible();

const kViews: readonly View[] = [
  {
    name: 'gallery',
    theme: 'dark',
    go: async (page, more) => {
      await page.goto(`./${more}`);
      await expect(page.locator('.gallery li').first()).toBeVisible();
    },
  },
  { name: 'restart', theme: 'light', go: (page, more) => open(page, kRestart, more) },
  {
    name: 'fault',
    theme: 'dark',
    go: async (page, more) => {
      await open(page, kNodeExporter, more);
      await page.keyboard.press(']');
      await expect(page.getByRole('heading', { name: /^Why is there a stale marker/ })).toBeVisible();
    },
  },
  {
    name: 'response',
    theme: 'dark',
    go: async (page, more) => {
      await open(page, kNodeExporter, more);
      await tab(page, 'Response');
      await expect(page.getByRole('region', { name: 'Body' })).toBeVisible();
    },
  },
  {
    name: 'transaction',
    theme: 'light',
    go: async (page, more) => {
      await open(page, kNodeExporter, more);
      await tab(page, 'Transaction');
      await expect(page.getByRole('tabpanel', { name: 'Transaction' })).toBeVisible();
    },
  },
  {
    name: 'phone',
    theme: 'dark',
    go: async (page, more) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await open(page, kRestart, more);
    },
  },
  {
    name: 'editor',
    theme: 'dark',
    go: async (page, more) => {
      await open(page, kRestart, more);
      await page.keyboard.press('e');
      await expect(page.getByText('The engine finds nothing wrong.')).toBeVisible();
    },
  },
  {
    name: 'inject',
    theme: 'light',
    go: async (page, more) => {
      await open(page, kRestart, more);
      await page.keyboard.press('i');
      await dialog(page);
    },
  },
  {
    name: 'help',
    theme: 'light',
    go: async (page, more) => {
      await open(page, kRestart, more);
      await page.keyboard.press('?');
      await dialog(page);
    },
  },
  {
    name: 'tour',
    theme: 'dark',
    go: async (page, more) => {
      await page.goto(`./${more}`);
      await page.getByRole('button', { name: /Take the tour/ }).click();
      await page.getByRole('button', { name: 'Next', exact: true }).click();
      await expect(page.getByText('Step 2 of 6')).toBeVisible();
    },
  },
];

for (const { name, theme, go } of kViews) {
  for (const shown of ['dark', 'light'] as const) {
    test(`${name} is accessible, ${shown}`, async ({ page }) => {
      await go(page, `?theme=${shown}`);
      await accessible(page);
      if (shown !== theme) return;
      await page.evaluate(() => document.fonts.ready);
      await expect(page).toHaveScreenshot(`${name}.png`);
    });
  }
}
