// Room on the device: what is freed is what the server can give again, and nothing else; and a window without a place to
// keep things, which finds one later.

import { Copilot, expect, test, words } from './harness.js';
import { fillDatabases, fillLocalStorage, free, limit } from './harness/quota.js';
import { giveBack, takeAway, withhold } from './harness/storage.js';
import { said } from './harness/stored.js';

/** What the origin may keep: enough to start from, little enough to be used up quickly. */
const QUOTA = 4 * 1024 * 1024;
const FIRST = 'Pool wait is 3.6 s, exec is flat. Is that enough to blame the pool?';
const SECOND = 'Rolling back to v3.17 now. What should I watch?';
const THIRD = `Two pods restart with OOMKilled: ${'a line of a log that is not short. '.repeat(40)}`.trim();

/**
 * Wide and high enough for everything to be in the page at once.
 * @param {import('@playwright/test').Page} page
 */
const enlarge = (page) => page.setViewportSize({ width: 1180, height: 4_000 });

/** @param {Copilot} copilot */
const heard = (copilot) => copilot.page.getByRole('status').filter({ hasText: /^Freed \d+/ });

test('a full device offers to free the answers that can be fetched again, and goes on by itself when there is room', async ({
  server,
  chromium,
}) => {
  test.setTimeout(120_000);
  const page = await chromium.page();
  await enlarge(page);
  await limit(page, server.origin, QUOTA);
  await page.goto(server.url);
  const copilot = new Copilot(page);
  await copilot.say(FIRST);
  await copilot.answered(1);
  await copilot.say(SECOND);
  await copilot.answered(2);
  const before = await copilot.conversation.locator('article').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-key')));
  await fillLocalStorage(page);
  await fillDatabases(page);
  await copilot.say(THIRD);
  const notice = page.getByRole('note').filter({ hasText: words('This device is out of space for FaultMaven.') });
  await expect(notice).toBeVisible();
  await expect(notice.getByRole('button', { name: 'Export', exact: true })).toBeVisible();
  const meter = notice.getByRole('meter', { name: 'On this device' });
  await expect(meter).toHaveAttribute('aria-valuetext', /^\d[\d.]* MB of \d[\d.]* MB used$/);
  const [used, most] = await Promise.all(['aria-valuenow', 'aria-valuemax'].map(async (name) => Number(await meter.getAttribute(name))));
  expect(used / most, 'the bar is full').toBeGreaterThan(0.9);
  await expect(notice).toContainText(/\d[\d.]* (B|kB|MB) can be fetched again/);
  await notice.getByRole('button', { name: /^Free \d[\d.]* (B|kB|MB)$/ }).click();
  await expect(heard(copilot)).toHaveCount(1);
  await expect(notice.getByRole('button', { name: /^Free/ }), 'there is no more to free').toHaveCount(0);
  await expect(copilot.composer).toBeFocused();
  await expect(copilot.composer).toHaveValue(THIRD);
  const after = await copilot.conversation.locator('article').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-key')));
  expect(after, 'what is on screen stays').toEqual(before);

  await free(page);
  await expect(notice).toHaveCount(0);
  await copilot.composer.press('Enter');
  await copilot.answered(3);
  await page.reload();
  await copilot.answered(3);
  expect((await said(server, chromium)).flat()).toEqual([FIRST, SECOND, THIRD]);
});

test('the settings say how much can be fetched again, free it, and say what was freed', async ({ copilot }) => {
  const { page } = copilot;
  await enlarge(page);
  await copilot.say(FIRST);
  await copilot.answered(1);
  await copilot.say(SECOND);
  await copilot.answered(2);
  await copilot.composer.fill('A draft that stays.');
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  const device = page.getByRole('region', { name: 'On this device' });
  await expect(device).toContainText('Gives up answers that can be fetched again. Your messages, drafts and unsent work stay.');
  await device.getByRole('button', { name: /^Free \d[\d.]* (B|kB|MB)$/ }).click();
  await expect(heard(copilot)).toHaveCount(1);
  await expect(device).toContainText(/Freed \d[\d.]* (B|kB|MB)\. Answers are fetched again when you open their case\./);
  const again = device.getByRole('button', { name: 'Free space', exact: true });
  await expect(again, 'the button stays where it was').toBeFocused();
  await page.keyboard.press('Enter');
  await expect(device).toContainText('Nothing to free');

  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await expect(copilot.answers).toHaveCount(2);
  await page.reload();
  await copilot.answered(2);
  await expect(copilot.mine).toHaveCount(2);
  await expect(copilot.composer).toHaveValue('A draft that stays.');
});

test('a window that cannot save keeps everything as soon as it can, beside what was there before', async ({ server, chromium }) => {
  test.setTimeout(120_000);
  await withhold(chromium);
  const page = await chromium.page();
  await enlarge(page);
  await page.goto(server.url);
  const copilot = new Copilot(page);
  const notice = page.getByRole('note').filter({ hasText: words("This window can't save.") });
  const tryAgain = notice.getByRole('button', { name: 'Try again', exact: true });
  await copilot.say(FIRST);
  await copilot.answered(1);
  await copilot.composer.fill('Half a sentence');
  await tryAgain.click();
  await expect(page.getByRole('status').filter({ hasText: words("This window still can't save.") })).toHaveCount(1);
  await expect(notice.getByRole('button', { name: 'Export', exact: true })).toBeVisible();
  await expect(copilot.composer).toHaveValue('Half a sentence');

  await giveBack(page);
  await tryAgain.click();
  await expect(notice).toHaveCount(0);
  await expect(page.getByRole('status').filter({ hasText: 'Everything in this window is saved now.' })).toHaveCount(1);
  await expect(copilot.message(FIRST)).toHaveCount(1);
  await expect(copilot.composer).toHaveValue('Half a sentence');
  await expect(copilot.composer).toBeFocused();
  await copilot.say(SECOND);
  await copilot.answered(2);
  await page.reload();
  await copilot.answered(2);
  await expect(notice).toHaveCount(0);

  // Once more, now with work of this run in the store that the next window cannot open.
  await chromium.context.setOffline(true);
  await copilot.say('Waits in the store.');
  await copilot.reaches('Waits in the store.', 'waiting-offline');
  await takeAway(page);
  await chromium.context.setOffline(false);
  await page.reload();
  await expect(tryAgain).toBeVisible();
  // This window knows the case by the server's list alone.
  await copilot.caseRows.first().getByRole('button').first().click();
  await expect(copilot.message(FIRST)).toHaveCount(1);
  await copilot.say('Asked in memory.');
  await expect(copilot.message('Asked in memory.')).toHaveAttribute('data-state', 'sent');
  await giveBack(page);
  await tryAgain.click();
  await expect(notice).toHaveCount(0);
  const all = [FIRST, SECOND, 'Waits in the store.', 'Asked in memory.'].sort();
  await expect.poll(async () => (await said(server, chromium)).flat().sort()).toEqual(all);
  await expect(copilot.mine).toHaveCount(4);
});
