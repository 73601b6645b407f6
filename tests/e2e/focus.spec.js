// Where the focus is after each thing that a person does (ux §8). What follows from sending, retrying and stopping is
// held beside those, in `ways-out.spec.js`.

import { Chromium } from './harness/chromium.js';
import { expect, test } from './harness.js';
import { answerWith, TURNS } from './harness/routes.js';

const TEXTS = ['The first.', 'The second.', 'The third.'];

test('after a discard the next row has the focus, else the one before, else the composer', async ({ server, copilot }) => {
  await server.faults.set([answerWith(TURNS, 501)]);
  for (const text of TEXTS) {
    await copilot.say(text);
  }
  await copilot.reaches('The first.', 'failed');
  await copilot.reaches('The third.', 'blocked');
  const discard = async (/** @type {string} */ text) => {
    await copilot.message(text).focus();
    await copilot.page.keyboard.press('Delete');
    await expect(copilot.message(text)).toHaveCount(0);
  };
  // The second one fails in its turn, and can be given up as well.
  await discard('The first.');
  await expect(copilot.message('The second.')).toBeFocused();
  await copilot.reaches('The second.', 'failed');
  await copilot.message('The third.').hover();
  await copilot.action('Cancel', 'The third.').click();
  await expect(copilot.message('The second.')).toBeFocused();
  await discard('The second.');
  await expect(copilot.composer).toBeFocused();
});

test('a layer gives the focus back to what opened it', async ({ copilot }) => {
  const { page } = copilot;
  await copilot.say('Checkout is slow.');
  await copilot.answered(1);
  const details = page.getByRole('button', { name: 'Details', exact: true });
  await details.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Case details' });
  await expect(dialog).toBeVisible();
  for (let press = 0; press < 8; press += 1) {
    await page.keyboard.press('Tab');
    expect(await dialog.evaluate((dialog) => dialog.contains(document.activeElement)), 'the focus left').toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(details).toBeFocused();
  await page.keyboard.press('ControlOrMeta+I');
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(details).toBeFocused();
  await copilot.composer.focus();
  await page.keyboard.press('ControlOrMeta+K');
  await expect(page.getByRole('combobox', { name: 'Command palette' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(copilot.composer).toBeFocused();
});

/** The layers that a key opens, each with its name. */
const LAYERS = [
  ['ControlOrMeta+K', 'Command palette'],
  ['ControlOrMeta+/', 'Keyboard shortcuts'],
  ['?', 'Keyboard shortcuts'],
  ['ControlOrMeta+I', 'Case details'],
];

test('a layer that a key opens on a row gives the focus back to that row', async ({ copilot }) => {
  const { page } = copilot;
  await copilot.say('Checkout is slow.');
  await copilot.answered(1);
  const row = copilot.message('Checkout is slow.');
  const round = async (/** @type {string} */ keys, /** @type {string} */ name) => {
    await page.keyboard.press(keys);
    const dialog = page.getByRole('dialog', { name, exact: true });
    await expect(dialog).toBeVisible();
    await expect.poll(() => dialog.evaluate((dialog) => dialog.contains(document.activeElement)), `${keys} took the focus`).toBe(true);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  };
  await row.focus();
  for (const [keys, name] of [...LAYERS, ['ControlOrMeta+B', 'Cases'], ['/', 'Cases']]) {
    await round(keys, name);
    await expect(row, `after ${keys} on a message`).toBeFocused();
  }
  await copilot.widen();
  const current = copilot.currentCase.getByRole('button').first();
  await current.focus();
  for (const [keys, name] of LAYERS) {
    await round(keys, name);
    await expect(current, `after ${keys} on a case`).toBeFocused();
  }
  await copilot.composer.focus();
  await round('ControlOrMeta+K', 'Command palette');
  await expect(copilot.composer, 'no row had the focus this time').toBeFocused();
});

test('a layer that takes the place of another gives the focus back to what opened the first', async ({ copilot }) => {
  const { page } = copilot;
  await copilot.say('Checkout is slow.');
  await copilot.answered(1);
  await copilot.openCases();
  await page.keyboard.press('ControlOrMeta+K');
  await expect(page.getByRole('combobox', { name: 'Command palette' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Cases', exact: true })).toBeFocused();
});

const onTouch = test.extend({
  chromium: async ({}, use) => {
    const chromium = await Chromium.start({ hasTouch: true });
    await use(chromium);
    await chromium.dispose();
  },
});

onTouch('under fingers a case begins at its title, so that no keyboard comes up', async ({ copilot }) => {
  const { page } = copilot;
  const title = page.getByRole('heading', { level: 1 });
  await expect(title).toBeFocused();
  await copilot.composer.tap();
  await page.keyboard.type('Checkout is slow.');
  await page.keyboard.press('Enter');
  await copilot.answered(1);
  await page.getByRole('button', { name: 'New case', exact: true }).tap();
  await expect(copilot.mine).toHaveCount(0);
  await expect(title).toBeFocused();
  await page.getByRole('button', { name: 'Cases', exact: true }).tap();
  await copilot.caseRows.getByRole('button').first().tap();
  await expect(copilot.message('Checkout is slow.')).toBeVisible();
  await expect(title.getByRole('button')).toBeFocused();
});
