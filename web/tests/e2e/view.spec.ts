// SPDX-License-Identifier: Apache-2.0
// Time, timeline and the three columns, by keyboard and by pointer.
import { cursor, expect, kNodeExporter, kRestart, kTwoTargets, open, ready, test } from './page';

const kFirst = /^00:00:18\.139/;

test.describe('a scenario is opened', () => {
  test('by pointer, from the gallery', async ({ page }) => {
    await page.goto('./');
    await page.getByRole('button', { name: /exporter restart with refused/ }).click();
    await ready(page);
    await expect(page.getByText('all 2 expectations hold')).toBeVisible();
    expect(page.url()).toContain('s=fixtures%2Fscenarios%2Fexporter-restart.yml');
  });

  test('by keyboard, from the gallery dialog', async ({ page }) => {
    await open(page, kRestart);
    await page.keyboard.press('g');
    await page.getByRole('dialog').getByLabel('Filter the gallery').fill('sample_limit exceeded');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page).toHaveTitle(/sample_limit exceeded/);
  });
});

test('steps lead from event to event, scrape to scrape, fault to fault, and to the ends', async ({ page }) => {
  await open(page, kRestart);
  expect(await cursor(page)).toMatch(kFirst);
  const event = async (): Promise<number> => Number(/event ([\d,]+)/.exec(await cursor(page))?.[1].replace(',', ''));
  const at = await event();
  await page.keyboard.press('.');
  expect(await event()).toBe(at + 1);
  await page.keyboard.press(',');
  expect(await event()).toBe(at);
  await page.keyboard.press('Shift+ArrowRight');
  expect(await cursor(page)).toMatch(/^00:00:33\.139/);
  await page.keyboard.press('Shift+ArrowLeft');
  expect(await cursor(page)).toMatch(kFirst);
  await page.keyboard.press(']');
  expect(await cursor(page)).toMatch(/^00:01:10\.000/);
  await page.keyboard.press('Home');
  expect(await cursor(page)).toMatch(/^00:00:00\.000/);
  await page.keyboard.press('End');
  expect(await cursor(page)).toMatch(/^00:03:00\.000/);
  await page.keyboard.press('[');
  expect(await cursor(page)).not.toMatch(/^00:03:00\.000/);
});

test('steps stay in the lane of the selected target when asked', async ({ page }) => {
  await open(page, kTwoTargets);
  const timeline = page.getByRole('region', { name: 'Timeline' });
  const instant = async (key: string): Promise<string> => {
    await page.keyboard.press(key);
    return (await cursor(page)).slice(0, 12);
  };
  await instant('Home');
  expect([await instant('Shift+ArrowRight'), await instant('Shift+ArrowRight')]).toEqual(['00:00:09.101', '00:00:13.180']);
  await instant('Home');
  await timeline.getByRole('button', { name: 'app-1:8080', exact: true }).click();
  expect([await instant('Alt+Shift+ArrowRight'), await instant('Alt+Shift+ArrowRight')]).toEqual(['00:00:13.180', '00:00:28.180']);
  expect(await instant('Alt+Shift+ArrowLeft')).toBe('00:00:13.180');
  // Behind the last event of this scrape comes the first of the next one of this target.
  let last = '';
  for (let step = 0; step < 20 && last !== '00:00:28.180'; ++step) {
    last = await instant('Alt+.');
    expect(['00:00:13.180', '00:00:28.180']).toContain(last);
  }
  expect(last).toBe('00:00:28.180');
  expect(await instant('Alt+,')).toBe('00:00:13.180');
});

test('plus and minus change the speed of playing', async ({ page }) => {
  await open(page, kRestart);
  const speed = page.getByLabel('Speed of playing').locator('option:checked');
  await expect(speed).toHaveText('15×');
  await page.keyboard.press('+');
  await expect(speed).toHaveText('60×');
  await page.keyboard.press('-');
  await page.keyboard.press('-');
  await expect(speed).toHaveText('4×');
  for (let times = 0; times < 4; ++times) await page.keyboard.press('-');
  await expect(speed).toHaveText('1×');
});

test('play moves the cursor, and stops', async ({ page }) => {
  await open(page, kRestart);
  await page.getByLabel('Speed of playing').selectOption('4×');
  await page.getByRole('button', { name: 'Play' }).click();
  await expect.poll(() => cursor(page)).not.toMatch(kFirst);
  await page.getByRole('button', { name: 'Pause' }).click();
  const at = await cursor(page);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  expect(await cursor(page)).toBe(at);
});

test('the timeline is zoomed, moved and clicked', async ({ page }) => {
  await open(page, kRestart);
  const timeline = page.getByRole('region', { name: 'Timeline' });
  const box = (await timeline.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.click(box.x + box.width * 0.75, box.y + box.height - 40);
  expect(await cursor(page)).not.toMatch(kFirst);
  // The link says what is in sight.
  const inSight = async (): Promise<string> => {
    await page.keyboard.press('l');
    await expect.poll(() => page.url()).toContain('t=');
    const query = new URLSearchParams(new URL(page.url()).hash.slice(1));
    return `${query.get('from')} ${query.get('to')}`;
  };
  for (const key of ['w', 'w', 'w']) await page.keyboard.press(key);
  await expect.poll(inSight).not.toBe('null null');
  const zoomed = await inSight();
  await page.keyboard.press('a');
  await expect.poll(inSight).not.toBe(zoomed);
  await page.keyboard.press('d');
  await expect.poll(inSight).toBe(zoomed);
  for (const key of ['s', 's', 's', 's']) await page.keyboard.press(key);
  await expect.poll(inSight).toBe('null null');
});

test('a moment is marked and found again', async ({ page }) => {
  await open(page, kRestart);
  await page.keyboard.press('m');
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+m');
  expect(await cursor(page)).toMatch(kFirst);
  await page.keyboard.press('m');
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+m');
  await expect(page.getByText('Nothing is marked yet')).toBeVisible();
});

test('a stale marker is explained down to what is stored', async ({ page }) => {
  await open(page, kRestart);
  await page.getByRole('button', { name: /stale marker: requests_total/ }).click();
  const why = page.getByRole('region', { name: 'Why' });
  await expect(why.getByRole('heading', { name: /Why is there a stale marker at 00:01:18.139/ })).toBeVisible();
  await expect(why.getByText('a stale marker, because scrape 5 failed')).toBeVisible();
  await expect(why.getByRole('listitem').filter({ hasText: 'fault: refuse on app-1:8080' })).toBeVisible();
  // A query sees the marker when its scrape is committed.
  await page.getByRole('button', { name: '18.139 committed' }).nth(1).click();
  await expect(page.getByText('An instant query at the cursor returns nothing')).toBeVisible();
});

test('a link of a chain leads to its place', async ({ page }) => {
  await open(page, kRestart);
  await page.getByRole('region', { name: 'Why' }).getByRole('button', { name: /body 1:1/ }).click();
  await expect(page.getByRole('tab', { name: 'Response' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('region', { name: 'Body' })).toContainText('requests_total{code="200"} 10');
});

test('series are searched for by key and selected', async ({ page }) => {
  await open(page, kNodeExporter);
  await page.keyboard.press('/');
  await page.keyboard.type('node_load1');
  const state = page.getByRole('region', { name: 'State' });
  await expect(state.getByRole('row')).toHaveCount(3);
  await state.getByRole('button', { name: 'node_load15', exact: false }).first().click();
  await expect(state.getByRole('heading', { name: /^node_load15/ })).toBeVisible();
});

test('the tabs of the state are reached by arrows and by pointer', async ({ page }) => {
  await open(page, kNodeExporter);
  const tab = (name: string) => page.getByRole('tab', { name, exact: true });
  await tab('Series').focus();
  await page.keyboard.press('ArrowRight');
  await expect(tab('Cache')).toHaveAttribute('aria-selected', 'true');
  await tab('Transaction').click();
  await expect(page.getByRole('tabpanel', { name: 'Transaction' })).toBeVisible();
  await tab('Response').click();
  await expect(page.getByRole('region', { name: 'Body' })).toContainText('go_gc_duration_seconds');
  await tab('Targets').click();
  await expect(page.getByRole('tabpanel', { name: 'Targets' })).toContainText('node');
});

test('a transaction shows its log records, and the chunk before and after', async ({ page }) => {
  await open(page, kRestart);
  await page.getByRole('tab', { name: 'Transaction' }).click();
  const panel = page.getByRole('tabpanel', { name: 'Transaction' });
  await panel.getByText('What it wrote').click();
  await expect(panel.getByRole('heading', { name: /^WAL, series / })).toBeVisible();
  await expect(panel.getByRole('heading', { name: /^WAL, samples .*the series marked/ })).toBeVisible();
  await expect(panel.getByRole('heading', { name: /^Head chunk of the series, XOR\s+its first: 1 sample / })).toBeVisible();
  await page.getByRole('button', { name: '33.139 committed' }).first().click();
  await expect(panel.getByRole('heading', { name: /1 sample in \d+ bytes before, 2 samples in \d+ bytes after/ })).toBeVisible();
  await expect(panel.getByRole('heading', { name: /^WAL, series / })).toHaveCount(0);
});

test('relabelling is shown rule by rule', async ({ page }) => {
  await open(page, kNodeExporter);
  await page.getByRole('tab', { name: 'Relabelling' }).click();
  const why = page.getByRole('region', { name: 'Why' });
  await expect(why).toContainText('does not match node_scrape_collector_duration_seconds');
  await why.getByText('target', { exact: true }).click();
  await expect(why).toContainText('__address__');
});

test('on a phone the columns are tabs, and nothing is wider than the screen', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, kRestart);
  await page.getByRole('tab', { name: 'Why', exact: true }).first().click();
  await expect(page.getByRole('region', { name: 'Why' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Events' })).toBeHidden();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test('the tour has six steps', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('button', { name: /Take the tour/ }).click();
  for (let step = 1; step <= 6; ++step) {
    await expect(page.getByText(`Step ${step} of 6`)).toBeVisible({ timeout: 20_000 });
    if (step < 6) await page.getByRole('button', { name: 'Next', exact: true }).click();
  }
  await page.getByRole('button', { name: 'To the gallery' }).click();
  await expect(page.getByRole('dialog', { name: 'Gallery' })).toBeVisible();
});
