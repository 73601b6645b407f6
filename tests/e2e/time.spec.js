// What appears and goes by time alone, beside the rows: strips, offers, words that stand for a moment, ages.
// The states of a message are in `delivery.spec.js`.

import { expect, words } from './harness.js';
import { inOwnTime, stop, test } from './harness/clock.js';
import { answerWith, DELETE, TURNS } from './harness/routes.js';
import { spoken } from './harness/spoken.js';
import { arrived, carriedOut, stored } from './harness/stored.js';

const TEXT = 'Pool wait is down to 900 ms.';

test('being offline is said after a second, counts down when it ends, and "All sent" stands for 1.5 s', async ({
  server,
  chromium,
  copilot,
}) => {
  const { page, dock } = copilot;
  await copilot.say('Where it begins.');
  await copilot.answered(1);
  await stop(page);
  await chromium.context.setOffline(true);
  await expect(copilot.root).toHaveAttribute('data-link', 'offline');
  await page.clock.runFor(999);
  await expect(dock).not.toContainText('Offline.');
  await page.clock.runFor(1);
  await expect(dock).toContainText('Offline.');
  await expect(dock).not.toContainText('Sending');
  await copilot.say(TEXT);
  await expect(dock).toContainText(words("Offline. Sending 1 when you're back."));
  await expect(dock.getByRole('button', { name: 'Try now' })).toBeVisible();
  await server.faults.set([{ match: TURNS, fault: { kind: 'hang', commit: true } }]);
  await chromium.context.setOffline(false);
  await expect(copilot.root).toHaveAttribute('data-link', 'online');
  await expect.poll(async () => (await arrived(server, TURNS)).length).toBe(2);
  await server.faults.letGo();
  await expect(dock).toContainText('All sent');
  await page.clock.runFor(1_499);
  await expect(dock).toContainText('All sent');
  await page.clock.runFor(1);
  await expect(dock).not.toContainText('All sent');
});

test('a message that the server wants no sooner can be retried at that time, and not before', async ({ server, copilot }) => {
  const { page } = copilot;
  await server.faults.set([answerWith(TURNS, 429, { code: 'RATE_LIMIT_EXCEEDED', retry_after: { seconds: 1_800 } })]);
  await stop(page);
  await copilot.say(TEXT);
  await copilot.reaches(TEXT, 'failed');
  const later = copilot.message(TEXT).getByRole('button', { name: /^Retry at \d\d:\d\d message: / });
  await expect(later).toBeDisabled();
  await expect(later).toHaveAttribute('title', /^The server asks not to be tried before \d\d:\d\d\.$/);
  await later.click({ force: true });
  await copilot.reaches(TEXT, 'failed');
  await server.faults.clear();
  await page.clock.fastForward(1_800_000);
  await copilot.action('Retry', TEXT).click();
  await page.clock.resume();
  await copilot.answered(1);
  const attempts = await arrived(server, TURNS);
  expect(attempts).toHaveLength(2);
  expect(new Set(attempts.map(({ key }) => key)).size).toBe(1);
});

test('a wait of less than two minutes counts down on the row, second by second', async ({ server, copilot }) => {
  const { page } = copilot;
  await server.faults.set([answerWith(TURNS, 429, { code: 'RATE_LIMIT_EXCEEDED', retry_after: { seconds: 110 }, count: 1 })]);
  await stop(page);
  await copilot.say(TEXT);
  await copilot.reaches(TEXT, 'waiting-busy');
  await expect(copilot.message(TEXT)).toContainText(/next try in 1:5[01]/);
  await page.clock.runFor(60_000);
  await expect(copilot.message(TEXT)).toContainText(/next try in 0:5[01]/);
  await page.clock.runFor(1_000);
  await expect(copilot.message(TEXT)).toContainText(/next try in 0:(49|50)/);
  await page.clock.fastForward(52_000);
  await page.clock.resume();
  await copilot.answered(1);
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(1);
});

/** How long an undo is offered to somebody who does not look at it (ux §5), in milliseconds. */
const OFFERED = 8_000;

test('an undo that is looked at does not run out before the person looks away', async ({ server, chromium, copilot }) => {
  const { page } = copilot;
  await copilot.widen();
  await copilot.say(TEXT);
  await copilot.answered(1);
  await stop(page);
  await copilot.currentCase.getByRole('button').first().focus();
  await page.keyboard.press('Delete');
  const offer = page.getByText(/^Deleted “.+”$/);
  const undo = page.getByRole('button', { name: 'Undo' });
  await page.clock.runFor(500);
  await expect(page.getByRole('status').filter({ hasText: 'Deleted, undo available' })).toHaveCount(1);
  await offer.hover();
  await page.clock.runFor(3 * OFFERED);
  await expect(undo).toBeVisible();
  await undo.focus();
  await page.mouse.move(900, 200);
  await page.clock.runFor(3 * OFFERED);
  await expect(undo).toBeVisible();
  expect(await arrived(server, DELETE)).toEqual([]);
  await copilot.composer.focus();
  await page.clock.runFor(OFFERED - 1);
  await expect(undo).toBeVisible();
  await page.clock.runFor(1);
  await expect(offer).toHaveCount(0);
  await page.clock.resume();
  await expect.poll(() => arrived(server, DELETE)).toHaveLength(1);
  await expect.poll(async () => (await stored(server, chromium)).length).toBe(0);
});

test('ages are told anew once a minute, in the same row', async ({ copilot }) => {
  const { page } = copilot;
  await copilot.widen();
  await copilot.say(TEXT);
  await copilot.answered(1);
  await expect(copilot.currentCase).toContainText('just now');
  const [node, box] = [await copilot.currentCase.elementHandle(), await copilot.currentCase.boundingBox()];
  await page.clock.fastForward(61_000);
  await expect(copilot.currentCase).toContainText('1 min ago');
  expect(await copilot.currentCase.evaluate((now, then) => now === then, node)).toBe(true);
  expect(await copilot.currentCase.boundingBox()).toEqual(box);
});

test('what the details lead to is lit for 1.2 s', async ({ copilot }) => {
  const { page } = copilot;
  await copilot.paste('2026-08-18T09:10:03Z ERROR pool wait 3600 ms\n'.repeat(120));
  await copilot.say(TEXT);
  await copilot.answered(1);
  await copilot.composer.press('ControlOrMeta+I');
  const details = page.getByRole('dialog', { name: 'Case details' });
  const lead = details.getByRole('button', { name: /^(Show|Turn)/ }).first();
  await expect(lead).toBeVisible();
  await stop(page);
  await lead.click();
  const lit = copilot.conversation.locator('[data-lit="true"]');
  await expect(lit).toHaveCount(1);
  await page.clock.runFor(1_199);
  await expect(lit).toHaveCount(1);
  await page.clock.runFor(1);
  await expect(lit).toHaveCount(0);
});

inOwnTime(spoken('```sh\ndf -i\n```'))('"Copied" stands for 1.5 s, as wide as "Copy" was', async ({ chromium, copilot }) => {
  const { page } = copilot;
  await chromium.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await copilot.say(TEXT);
  await copilot.answered(1);
  await stop(page);
  const copy = copilot.answers.getByRole('button', { name: 'Copy code' });
  const width = (await copy.boundingBox())?.width;
  await copy.click();
  const copied = copilot.answers.getByRole('button', { name: 'Copied' });
  await expect(copied).toBeVisible();
  expect((await copied.boundingBox())?.width).toBe(width);
  await page.clock.runFor(1_499);
  await expect(copied).toBeVisible();
  await page.clock.runFor(1);
  await expect(copy).toBeVisible();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/^df -i\s*$/);
});
