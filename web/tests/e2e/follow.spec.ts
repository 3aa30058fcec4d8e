// SPDX-License-Identifier: Apache-2.0
// A trace that goes on while it is shown, as `stalemark live --view` serves it.
import fs from 'node:fs';
import path from 'node:path';
import { cursor, expect, ready, test } from './page';

const kData = path.resolve(import.meta.dirname, '../../src/trace/testdata');

/** The first records of a trace: as many whole ones as fit. */
function beginning(bytes: Buffer, most: number): Buffer {
  let at = 5;
  for (;;) {
    let size = 0;
    let shift = 0;
    let next = at;
    do {
      size += (bytes[next] & 0x7f) * 2 ** shift;
      shift += 7;
    } while (bytes[next++] & 0x80);
    if (next + size > most) return bytes.subarray(0, at);
    at = next + size;
  }
}

test('the end stays in sight, and a cursor that was moved stays', async ({ page }) => {
  const all = fs.readFileSync(path.join(kData, 'exporter-restart.trace'));
  let served = beginning(all, all.length / 2);
  await page.route('**/live-trace', (route) => route.fulfill({ body: served, contentType: 'application/octet-stream' }));
  await page.goto('./?trace=live-trace&follow=0.2');
  await ready(page);
  const before = await cursor(page);
  served = all;
  await expect.poll(() => cursor(page)).not.toEqual(before);
  const atEnd = await cursor(page);
  await page.keyboard.press('Home');
  const moved = await cursor(page);
  expect(moved).not.toEqual(atEnd);
  // Two more rounds.
  await page.waitForResponse('**/live-trace');
  await page.waitForResponse('**/live-trace');
  expect(await cursor(page)).toEqual(moved);
});
