// The large world of the budgets: ten thousand cases, a hundred thousand messages, ten thousand of them in one case,
// a thousand messages that wait.

import { expect } from '@playwright/test';
import { fill, manyCases } from './history.js';
import { hang, TURNS } from './routes.js';
import { either } from './speed.js';

/** Cases on the server, the long one among them. */
export const CASES = either(10_000, 40);
/** Turns of the long case; each is two messages. */
const TURNS_OF_THE_CASE = either(5_000, 120);
/** Turns of every other case: nine messages, as a mean. */
const TURNS_OF_OTHERS = either(4.5, 1);
/** Messages that wait, and the cases they are spread over. */
const WAITING = either(1_000, 20);
const WAITING_CASES = 20;

const TITLE = 'Years of work';

/**
 * Writes the world into the server.
 * @param {import('./server.js').Server} server
 * @param {import('./chromium.js').Chromium} chromium
 */
export async function makeWorld(server, chromium) {
  const done = (/** @type {number} */ count) => {
    if (count % 1_000 === 0) {
      console.log(`${count} of ${CASES} cases are written`);
    }
  };
  const long = fill(server, chromium, TURNS_OF_THE_CASE, TITLE);
  await manyCases(server, chromium, CASES - 1, { turns: TURNS_OF_OTHERS, lanes: 24, done });
  await long;
}

/**
 * Waits until all cases are in the list.
 * @param {import('./copilot.js').Copilot} copilot
 */
export async function listed(copilot) {
  const count = copilot.list.getByRole('button', { name: /^Active/ });
  await expect(count).toContainText(new RegExp(`${CASES}`), { timeout: 240_000 });
}

/**
 * The row of the long case, which must be in the list.
 * @param {import('./copilot.js').Copilot} copilot
 */
export const longCase = (copilot) => copilot.caseRows.filter({ hasText: TITLE }).first();

/**
 * Opens the long case, by looking for it: it may be far down the list.
 * @param {import('./copilot.js').Copilot} copilot
 */
export async function openLongCase(copilot) {
  const field = copilot.list.getByRole('searchbox');
  await field.fill(TITLE);
  await longCase(copilot).getByRole('button').first().click();
  await expect(copilot.mine.first()).toBeVisible();
  await field.fill('');
}

/**
 * Scrolls the open case to its first message, page by page, so that all of it is on this device.
 * @param {import('./copilot.js').Copilot} copilot
 */
export async function readAll(copilot) {
  await copilot.conversation.evaluate(async (log) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const first = () => [...log.querySelectorAll('article')].some((row) => row.textContent?.includes('Message 1. '));
    for (let frames = 0; !first(); frames += 1) {
      if (frames > 20_000) {
        throw new Error('The first message never came.');
      }
      /** @type {HTMLElement} */ (log).scrollTop = 0;
      await frame();
    }
  });
}

/**
 * Lets messages wait: the server takes none of them until its rules are cleared. They stand in the cases that are at the
 * top of the list.
 * @param {import('./copilot.js').Copilot} copilot
 * @param {import('./server.js').Server} server
 */
export async function letWait(copilot, server) {
  await server.faults.set([hang(TURNS)]);
  for (let number = 0; number < WAITING_CASES; number += 1) {
    // Who is written to comes to the top: this is the first row that was not written to yet.
    const row = copilot.caseRows.filter({ hasNotText: TITLE }).nth(number);
    await copilot.show(/** @type {string} */ (await row.getAttribute('data-key')));
    await copilot.composer.evaluate(async (field, count) => {
      const area = /** @type {HTMLTextAreaElement} */ (field);
      for (let message = 0; message < count; message += 1) {
        area.value = `Waiting ${message}: upstream connect timeout, peer 10.8.14.7`;
        area.dispatchEvent(new InputEvent('input', { bubbles: true }));
        area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
        await new Promise((done) => setTimeout(done));
      }
    }, WAITING / WAITING_CASES);
  }
}
