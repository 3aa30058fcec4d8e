// SPDX-License-Identifier: Apache-2.0
// The page under test: fails a test when the console has an error, and offers the verbs that tests share.
import path from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';

export const kRestart = 'fixtures/scenarios/exporter-restart.yml';
export const kNodeExporter = 'fixtures/scenarios/node_exporter/scenario.yml';
export const kTwoTargets = 'fixtures/scenarios/first-scrape-and-offset.yml';
const kAxe = path.resolve(import.meta.dirname, '../../node_modules/axe-core/axe.min.js');

export const test = base.extend<{ quiet: void }>({
  quiet: [
    async ({ page }, use) => {
      const said: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') said.push(message.text());
      });
      page.on('pageerror', (error) => said.push(String(error)));
      await use();
      expect(said, 'errors in the console').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Opens a scenario of the gallery and waits until it has been played. */
export async function open(page: Page, scenario: string, more = ''): Promise<void> {
  await page.goto(`./${more}#v=1&s=${scenario}`);
  await ready(page);
}

export async function ready(page: Page): Promise<void> {
  await expect(page.getByLabel('Cursor', { exact: true })).toBeVisible({ timeout: 30_000 });
}

/** What the foot of the page says about the cursor. */
export async function cursor(page: Page): Promise<string> {
  return (await page.getByLabel('Cursor', { exact: true }).innerText()).replace(/\s+/g, ' ');
}

interface Violation {
  id: string;
  nodes: { target: string[]; failureSummary: string }[];
}

/** Fails with rule, element and reason of each violation. */
export async function accessible(page: Page): Promise<void> {
  await page.addScriptTag({ path: kAxe });
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (root: Document, options: object) => Promise<{ violations: Violation[] }> } };
    return (await axe.run(document, { resultTypes: ['violations'] })).violations;
  });
  const texts = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`));
  expect(texts).toEqual([]);
}
