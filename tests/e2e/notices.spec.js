// What stays on screen until the person has dealt with it: titles that changed twice, damaged data, data of a newer
// version.

import fs from 'node:fs';
import { Copilot, expect, test, words } from './harness.js';
import { damage, holdAsAnEarlierVersion, ofANewerVersion } from './harness/kept.js';
import { fillDatabases, fillLocalStorage, limit } from './harness/quota.js';
import { move, retitle, stored } from './harness/stored.js';
import { collide } from './harness/titles.js';

const QUESTION = 'Disk of db-2 is full.';
const MINE = 'Full disk on db-2';
const THEIRS = 'Disk pressure on db-2';
const WORDS = { question: QUESTION, mine: MINE, theirs: THEIRS };

/** @param {Copilot} copilot */
const conflict = (copilot) => copilot.page.getByRole('radiogroup', { name: 'Title conflict' });

test('a title that changed in two places is shown with both, and mine is kept on the server', async ({ server, chromium, copilot }) => {
  await collide({ server, chromium }, copilot, WORDS);
  await expect(copilot.page.getByRole('alert').filter({ hasText: 'Title changed in two places' })).toHaveCount(1);
  await expect(copilot.page.getByText('Pick one. Nothing is overwritten until you do.')).toBeVisible();
  await expect(conflict(copilot).getByRole('radio')).toHaveCount(2);
  await expect(conflict(copilot).getByRole('radio', { name: /^Yours/ })).toBeChecked();
  await expect(conflict(copilot)).toContainText(MINE);
  await expect(conflict(copilot)).toContainText(THEIRS);
  await expect(copilot.page.getByRole('heading', { level: 1 }), 'mine is shown until it is decided').toContainText(MINE);
  await expect(copilot.page.getByRole('button', { name: '1 to decide, Sync inspector' })).toBeVisible();
  expect((await stored(server, chromium))[0].title, 'nothing is overwritten').toBe(THEIRS);
  await copilot.page.getByRole('button', { name: 'Keep mine' }).click();
  await expect(conflict(copilot)).toHaveCount(0);
  await expect(copilot.composer).toBeFocused();
  await expect.poll(async () => (await stored(server, chromium))[0].title).toBe(MINE);
});

test('theirs is used in every window when one window says so, and Later keeps the question in one line', async ({
  server,
  chromium,
  copilot,
}) => {
  await collide({ server, chromium }, copilot, WORDS);
  const page = await chromium.context.newPage();
  await page.goto(server.origin);
  const other = new Copilot(page);
  await expect(conflict(other)).toBeVisible();
  await copilot.page.getByRole('button', { name: 'Later' }).click();
  await expect(conflict(copilot)).toHaveCount(0);
  await expect(copilot.page.getByRole('button', { name: '1 to decide, Sync inspector' })).toBeVisible();
  await copilot.page.getByRole('button', { name: words('The title changed in two places') }).click();
  await expect(conflict(copilot)).toBeVisible();
  await page.getByRole('button', { name: 'Use theirs' }).click();
  for (const window of [copilot, other]) {
    await expect(conflict(window)).toHaveCount(0);
    await expect(window.page.getByRole('heading', { level: 1 })).toContainText(THEIRS);
  }
  expect((await stored(server, chromium))[0].title).toBe(THEIRS);
});

test('a status that changed in two places is the person’s to decide, and theirs stays when they say so', async ({
  server,
  chromium,
  copilot,
}) => {
  const { page } = copilot;
  await copilot.say(QUESTION);
  await copilot.answered(1);
  await chromium.context.setOffline(true);
  await page.getByRole('button', { name: 'Status: Inquiry' }).click();
  await page.getByRole('menuitem', { name: 'Close case' }).click();
  await page.getByRole('menu', { name: 'Close this case?' }).getByRole('menuitem').first().click();
  await move(server, chromium, { from: 'inquiry', to: 'investigating' });
  await chromium.context.setOffline(false);
  const status = page.getByRole('radiogroup', { name: 'Status conflict' });
  await expect(status.getByRole('radio')).toHaveCount(2);
  await expect(status).toContainText('Closed');
  await expect(status).toContainText('Investigating');
  await page.getByRole('button', { name: 'Use theirs' }).click();
  await expect(status).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Status: Investigating' })).toBeVisible();
  await expect(copilot.composer).toBeEnabled();
});

test('a question that answers itself goes by itself', async ({ server, chromium, copilot }) => {
  await collide({ server, chromium }, copilot, WORDS);
  await retitle(server, chromium, MINE);
  await copilot.page.reload();
  await expect(copilot.message(QUESTION)).toBeVisible();
  await expect(copilot.page.getByRole('button', { name: 'Synced, Sync inspector' })).toBeVisible();
  await expect(conflict(copilot)).toHaveCount(0);
});

test('damaged data is told with its extent, can be taken out, and everything else is there', async ({ copilot }) => {
  await copilot.say(QUESTION);
  await copilot.answered(1);
  await expect(copilot.message(QUESTION)).not.toContainText('Sent');
  await damage(copilot.page, 'half of a record of somebody');
  await copilot.page.reload();
  const notice = copilot.page.locator('[data-notice="damaged"]');
  await expect(notice).toContainText(words("Some saved data couldn't be read."));
  await expect(notice).toContainText(/1 of \d+ records is damaged\. It was set aside, not deleted\./);
  await copilot.answered(1);
  const saving = copilot.page.waitForEvent('download');
  await notice.getByRole('button', { name: 'Export the damaged part' }).click();
  expect(fs.readFileSync(await (await saving).path(), 'utf8')).toContain('half of a record of somebody');
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  await expect(notice).toHaveCount(0);
});

test('data of a newer version is left as it is, and the person is told what to do', async ({ copilot }) => {
  await copilot.say(QUESTION);
  await copilot.answered(1);
  await ofANewerVersion(copilot.page);
  await copilot.page.reload();
  await expect(copilot.page.getByRole('alert').filter({ hasText: 'written by a newer version' })).toContainText(
    'To open it, update FaultMaven Copilot.',
  );
});

test('data that a frozen window of an earlier version holds says so, and opens by itself when that window is closed', async ({
  server,
  chromium,
  copilot,
}) => {
  await copilot.say(QUESTION);
  await copilot.answered(1);
  await copilot.composer.fill('And what of db-3?');
  const frozen = await chromium.context.newPage();
  await frozen.goto(`${server.origin}/service-worker.js`);
  await copilot.page.close();
  const letGo = await holdAsAnEarlierVersion(frozen);

  const after = new Copilot(await chromium.context.newPage());
  await after.page.goto(server.origin);
  const told = after.page.getByRole('alert').filter({ hasText: 'Most likely another window' });
  await expect(told).toContainText('Nothing is lost. Close the other windows; this one then goes on by itself.');
  await letGo();
  await after.answered(1);
  await expect(after.message(QUESTION)).toBeVisible();
  await expect(after.composer).toHaveValue('And what of db-3?');
});

test('of three things to be told two are shown, and the rest is one press away', async ({ server, chromium }) => {
  const page = await chromium.page();
  await limit(page, server.origin, 4 * 2 ** 20);
  await page.goto(server.url);
  const copilot = new Copilot(page);
  await collide({ server, chromium }, copilot, WORDS);
  await damage(page, 'half of a record of somebody');
  await page.reload();
  const told = copilot.page.getByRole('main').locator('[data-notice]');
  const inTurn = () => told.evaluateAll((notices) => notices.map((notice) => notice.getAttribute('data-notice')));
  await expect.poll(inTurn).toEqual(['damaged', 'title-conflict']);
  await expect(page.getByRole('button', { name: /more$/ })).toHaveCount(0);
  await fillLocalStorage(page);
  await fillDatabases(page);
  await copilot.say('A message that finds no room. '.repeat(40));
  await expect.poll(inTurn).toEqual(['storage-full', 'damaged']);
  const rest = page.getByRole('button', { name: '1 more', exact: true });
  await expect(rest).toHaveAttribute('aria-expanded', 'false');
  await rest.focus();
  await page.keyboard.press('Enter');
  await expect.poll(inTurn).toEqual(['storage-full', 'damaged', 'title-conflict']);
  await expect(rest).toBeFocused();
  await page.getByRole('button', { name: 'Dismiss', exact: true }).click();
  await expect(rest, 'two are shown without a press').toHaveCount(0);
  await expect(conflict(copilot)).toBeVisible();
});
