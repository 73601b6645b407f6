// When the browser has no room left, a message is either kept and sent or refused aloud with its text still in the
// composer: never half. Where it gives no storage at all, the panel works in memory and says so.

import fs from 'node:fs';
import path from 'node:path';
import { Copilot, expect, test } from './harness.js';
import { Chromium } from './harness/chromium.js';
import { compare, enter, runs } from './harness/crash.js';
import { fillDatabases, fillLocalStorage, free, limit } from './harness/quota.js';
import { said } from './harness/stored.js';

/** What the origin may keep: enough to start from, little enough to be used up quickly. */
const QUOTA = 4 * 1024 * 1024;

/**
 * @typedef {object} Shortage
 * @property {string} cell
 * @property {(page: import('@playwright/test').Page) => Promise<void>} happen
 *
 * @type {Shortage[]}
 */
const SHORTAGES = [
  { cell: 'databases full', happen: fillDatabases },
  { cell: 'localStorage full', happen: fillLocalStorage },
  {
    cell: 'databases and localStorage full',
    happen: async (page) => {
      await fillLocalStorage(page);
      await fillDatabases(page);
    },
  },
];

for (const { cell, happen } of SHORTAGES) {
  test(`${cell}: a message is sent or refused with its text kept, and with room it goes on without a reload`, async ({
    server,
    chromium,
  }) => {
    const rounds = runs(5, 2);
    test.setTimeout(60_000 + rounds * 60_000);
    const page = await chromium.page();
    await limit(page, server.origin, QUOTA);
    await page.goto(server.url);
    const copilot = new Copilot(page);
    await copilot.say('Where it begins.');
    await copilot.answered(1);
    const wrote = ['Where it begins.'];
    let refused = 0;
    for (let round = 0; round < rounds; round += 1) {
      await happen(page);
      const text = `Round ${round}: ${'a line of a log that is not short. '.repeat(20)}`.trim();
      await copilot.say(text);
      const kept = copilot.message(`Round ${round}:`);
      const full = copilot.page.locator('[data-notice="storage-full"]');
      // One or the other, and not both, once the browser has said whether there is room.
      await expect(async () => {
        const inComposer = (await copilot.composer.inputValue()) === text;
        const states = await kept.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-state')));
        const warned = (await full.count()) === 1;
        expect({ states, inComposer, warned }).toEqual(
          inComposer ? { states: [], inComposer, warned: true } : { states: ['sent'], inComposer, warned },
        );
      }).toPass({ timeout: 30_000 });
      const inComposer = (await copilot.composer.inputValue()) === text;
      const onServer = (await said(server, chromium)).flat().filter((other) => other === text).length;
      expect(onServer, 'what was refused was not sent').toBe(inComposer ? 0 : 1);
      refused += inComposer ? 1 : 0;

      await free(page);
      if (inComposer) {
        await copilot.composer.press('Enter');
      }
      await expect(kept).toHaveAttribute('data-state', 'sent', { timeout: 30_000 });
      await expect(full).toHaveCount(0);
      wrote.push(text);
    }
    await page.reload();
    await expect(copilot.message(`Round ${rounds - 1}:`)).toHaveCount(1);
    const { lost, doubled } = compare(wrote, (await said(server, chromium)).flat());
    const note = `${refused} refused with the text kept, ${rounds - refused} sent`;
    enter({ group: 'Quota', cell, runs: rounds, lost, doubled, note });
    expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
  });
}

test('the browser is asked to keep the data once, when the first message is written', async ({ server, chromium }) => {
  const page = await chromium.page();
  await page.addInitScript(() => {
    const persist = StorageManager.prototype.persist;
    let asked = 0;
    Reflect.set(window, 'timesAsked', () => asked);
    StorageManager.prototype.persist = function () {
      asked += 1;
      return persist.call(this);
    };
  });
  const asked = () => page.evaluate(() => Reflect.get(window, 'timesAsked')());
  await page.goto(server.url);
  const copilot = new Copilot(page);
  await copilot.composer.fill('A draft alone is no reason to ask.');
  await page.reload();
  await expect(copilot.composer).toHaveValue('A draft alone is no reason to ask.');
  expect(await asked()).toBe(0);
  await copilot.composer.press('Enter');
  expect(await asked(), 'in the same tick').toBe(1);
  await copilot.answered(1);
  await copilot.say('And another one.');
  await copilot.answered(2);
  expect(await asked()).toBe(1);
});

test('a browser that gives no storage is worked in from memory, and the panel says so', async ({ server }) => {
  const chromium = await Chromium.start({}, (profile) => {
    // What a person sets under "Sites that can never use cookies".
    const folder = path.join(profile, 'Default');
    fs.mkdirSync(folder, { recursive: true });
    const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
    fs.writeFileSync(path.join(folder, 'Preferences'), JSON.stringify(settings));
  });
  try {
    const page = await chromium.page();
    await page.goto(server.url);
    const blocked = await page.evaluate(() => {
      try {
        return window.localStorage.length < 0;
      } catch (error) {
        return /** @type {DOMException} */ (error).name === 'SecurityError';
      }
    });
    expect(blocked, 'this browser blocks storage').toBe(true);
    const copilot = new Copilot(page);
    await expect(page.locator('[data-notice="storage-unavailable"]')).toContainText('Work here is gone when you close it.');
    await copilot.say('Only in this window.');
    await copilot.answered(1);
    expect(await said(server, chromium)).toEqual([['Only in this window.']]);
    enter({ group: 'Quota', cell: 'no storage at all', runs: 1, lost: 0, doubled: 0, note: 'in memory, and said so' });
  } finally {
    await chromium.dispose();
  }
});
