// Reading while things arrive: what is read never moves, the pill counts what came, the mark stays where it came, and a
// case opens again where it was left.

import { expect, test } from './harness.js';
import { fill } from './harness/history.js';
import { delay, hang, TURNS } from './harness/routes.js';
import { shown, still, WIDTHS } from './harness/scenes.js';
import { scrollUp } from './harness/scrolling.js';

/** @param {import('./harness/copilot.js').Copilot} copilot */
const pill = (copilot) => copilot.page.getByRole('button', { name: /^Jump to latest/ });

/**
 * The topmost row in view: its key, and where it stands.
 * @param {import('./harness/copilot.js').Copilot} copilot
 */
const top = (copilot) =>
  copilot.conversation.evaluate((log) => {
    const edge = log.getBoundingClientRect().top;
    const row = [...log.querySelectorAll('article')].find((row) => row.getBoundingClientRect().bottom > edge + 10);
    return { key: row?.getAttribute('data-key'), top: Math.round(row?.getBoundingClientRect().top ?? 0) };
  });

/**
 * Turns the wheel, and waits until what it moves has come to rest away from the end.
 * @param {import('./harness/copilot.js').Copilot} copilot
 * @param {number} pixels
 */
async function wheelUp(copilot, pixels) {
  await copilot.conversation.hover();
  await copilot.page.mouse.wheel(0, -pixels);
  await expect(pill(copilot)).toBeVisible();
  await still(copilot.page);
}

/**
 * A case of a few screens, scrolled up.
 * @param {import('./harness/copilot.js').Copilot} copilot
 */
async function scrolledUp(copilot) {
  for (let number = 1; number <= 3; number += 1) {
    await copilot.say(`Question ${number}.`);
    await expect(copilot.message(`Question ${number}.`)).toHaveAttribute('data-state', 'sent');
    await expect(copilot.thinking).toHaveCount(0);
  }
  await wheelUp(copilot, 600);
}

test('an answer that comes while something above is read moves nothing, is counted and marked', async ({ server, copilot }) => {
  await server.faults.set([hang(TURNS, { commit: true })]);
  await copilot.say('Question 0.');
  await server.faults.letGo();
  await copilot.answered(1);
  await scrolledUp(copilot);
  await server.faults.set([hang(TURNS, { commit: true })]);
  await pill(copilot).click();
  await copilot.say('The last question.');
  await wheelUp(copilot, 900);
  await expect(pill(copilot)).toHaveAccessibleName('Jump to latest');
  const before = await top(copilot);
  const focused = await copilot.page.evaluate(() => document.activeElement?.tagName);
  await server.faults.letGo();
  await expect(pill(copilot)).toHaveAccessibleName('Jump to latest · 1 new');
  await expect(copilot.page.getByRole('status').filter({ hasText: '1 new message below' })).toHaveCount(1);
  expect(await top(copilot)).toEqual(before);
  expect(await copilot.page.evaluate(() => document.activeElement?.tagName), 'what arrives takes no focus').toBe(focused);
  await pill(copilot).click();
  await expect(copilot.conversation.getByRole('separator', { name: 'New' })).toBeVisible();
  await expect(pill(copilot)).toHaveCount(0);
  await expect(copilot.message('The last question.')).toBeInViewport();
});

test('the way to the end leaves the focus where it is, and hands it on when a key went there', async ({ copilot }) => {
  await scrolledUp(copilot);
  const title = copilot.page.getByRole('heading', { level: 1 }).getByRole('button');
  await title.focus();
  await pill(copilot).click();
  await expect(pill(copilot)).toHaveCount(0);
  await expect(title).toBeFocused();
  await wheelUp(copilot, 900);
  await pill(copilot).press('Enter');
  await expect(pill(copilot)).toHaveCount(0);
  await expect(copilot.composer).toBeFocused();
});

test('a case that is opened again stands where it was left', async ({ copilot }) => {
  await copilot.widen();
  await scrolledUp(copilot);
  const here = await copilot.caseKey();
  const before = await top(copilot);
  await copilot.newCase();
  await copilot.show(here);
  await expect.poll(() => top(copilot)).toEqual(before);
  // Settings and back are no other way.
  await copilot.page.getByRole('button', { name: 'Settings', exact: true }).click();
  await copilot.page.keyboard.press('Escape');
  await expect.poll(() => top(copilot)).toEqual(before);
});

test('the first unread row is where a case opens, below the mark', async ({ server, copilot }) => {
  await copilot.widen();
  for (let number = 1; number <= 2; number += 1) {
    await copilot.say(`Question ${number}.`);
    await copilot.answered(number);
  }
  const here = await copilot.caseKey();
  await server.faults.set([hang(TURNS, { commit: true })]);
  await copilot.say('The last question.');
  await copilot.newCase();
  await server.faults.letGo();
  await expect(copilot.caseRow(here)).toHaveAttribute('data-badge', 'unread');
  await copilot.show(here);
  await expect(copilot.conversation.getByRole('separator', { name: 'New' })).toBeInViewport();
  await expect(copilot.answers.last()).toBeInViewport();
});

test('your own message goes to the end from anywhere, and End goes there by key', async ({ copilot }) => {
  await scrolledUp(copilot);
  await copilot.say('From above.');
  await expect(copilot.message('From above.')).toBeInViewport();
  await expect(pill(copilot)).toHaveCount(0);
  await wheelUp(copilot, 900);
  await copilot.conversation.locator('article').first().focus();
  await copilot.page.keyboard.press('End');
  await expect(pill(copilot)).toHaveCount(0);
});

test('whoever is at the end stays there while the panel gets narrower and wider', async ({ copilot }) => {
  // A bound for something that hangs: twelve widths, each looked at when nothing moves, on a machine that has more to do.
  test.setTimeout(240_000);
  for (let number = 1; number <= 3; number += 1) {
    await copilot.say(`Question ${number}. ${'It began after the deploy of this morning. '.repeat(8)}`);
    await expect(copilot.message(`Question ${number}.`)).toHaveAttribute('data-state', 'sent');
    await expect(copilot.thinking).toHaveCount(0);
  }
  for (const width of [...WIDTHS, ...WIDTHS.toReversed(), ...WIDTHS]) {
    await shown(copilot.page, 'dark', width);
    const below = await copilot.conversation.evaluate((log) => log.scrollHeight - log.clientHeight - log.scrollTop);
    expect(Math.abs(below), `${width} px: what is below the end`).toBeLessThanOrEqual(1);
    await expect(pill(copilot)).toHaveCount(0);
  }
});

/** Several pages of the server. */
const TURNS_OF_THE_CASE = 60;

test('older rows load above what is read without moving it, however late they come', async ({ server, chromium, copilot }) => {
  await expect.poll(() => chromium.authorization).not.toBe('');
  await fill(server, chromium, TURNS_OF_THE_CASE);
  await server.faults.set([delay({ method: 'GET', path: '/api/v1/cases/*/messages' }, 150)]);
  await copilot.page.reload();
  await copilot.widen();
  await copilot.caseRows.filter({ hasText: 'Years of work' }).getByRole('button').first().click();
  await expect(copilot.message(`Message ${TURNS_OF_THE_CASE}.`)).toBeVisible();
  expect(await scrollUp(copilot.page, 60), 'pixels that what is read moved by itself').toBeLessThan(1);
  await expect(copilot.message('Message 1.')).toBeVisible();
  await expect(copilot.conversation.getByRole('separator').first(), 'the day stands above the first row').toBeInViewport();
});

test('older rows also come to whoever goes to the top at once', async ({ server, chromium, copilot }) => {
  await expect.poll(() => chromium.authorization).not.toBe('');
  await fill(server, chromium, 2 * TURNS_OF_THE_CASE);
  await copilot.page.reload();
  await copilot.widen();
  await copilot.caseRows.filter({ hasText: 'Years of work' }).getByRole('button').first().click();
  await expect(copilot.message(`Message ${2 * TURNS_OF_THE_CASE}.`)).toBeVisible();
  const first = async () => {
    // One jump a page: between them nothing is scrolled that would tell where the reader is.
    await copilot.conversation.evaluate((log) => {
      log.scrollTop = 0;
    });
    return copilot.message('Message 1.').count();
  };
  await expect.poll(first).toBe(1);
});

test('rows that were never seen are announced by a place for them, and replace it when they are there', async ({
  server,
  chromium,
  copilot,
}) => {
  await expect.poll(() => chromium.authorization).not.toBe('');
  await fill(server, chromium, 1);
  await server.faults.set([hang({ method: 'GET', path: '/api/v1/cases/*/messages' }, { commit: true })]);
  await copilot.page.reload();
  await copilot.widen();
  await copilot.caseRows.filter({ hasText: 'Years of work' }).getByRole('button').first().click();
  const place = copilot.page.getByRole('status', { name: 'Loading messages' });
  await expect(place).toBeVisible();
  await expect(copilot.composer, 'one can write meanwhile').toBeFocused();
  await server.faults.letGo();
  await expect(copilot.message('Message 1.')).toBeVisible();
  await expect(place).toHaveCount(0);
});
