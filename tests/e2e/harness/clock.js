// Tests whose panels stand in a time that the test moves: what happens by time alone is asked for at its very moment,
// and nobody waits for it.

import { test as base } from '../harness.js';

/** The number of the first timer of Playwright's clock. */
const FIRST_TIMER = 1e12;

/**
 * Numbers timers as browsers do: from a small number on. Programs that keep a number in 32 bits could not take a timer back.
 * @param {number} first
 */
function smallNumbers(first) {
  const { setTimeout: set, clearTimeout: clear } = window;
  Object.assign(window, {
    setTimeout: (/** @type {Parameters<typeof set>} */ ...wanted) => Number(set(...wanted)) - first + 1,
    clearTimeout: (/** @type {number} */ number) => clear(number + first - 1),
  });
}

/**
 * Gives the pages of a browser a time of their own, which flows until it is moved. To be called before any page is loaded:
 * the panel takes the clock that it finds at its start.
 * @param {import('./chromium.js').Chromium} chromium
 */
export async function giveOwnTime({ context }) {
  await context.clock.install();
  await context.addInitScript(smallNumbers, FIRST_TIMER);
}

/**
 * The same tests, in a time that they move.
 * @param {import('@playwright/test').TestType<any, any>} tests
 * @returns {typeof base}
 */
export const inOwnTime = (tests) =>
  tests.extend({
    chromium: async ({ chromium }, use) => {
      await giveOwnTime(chromium);
      await use(chromium);
    },
  });

export const test = inOwnTime(base);

/**
 * Stops the time of every page of the browser.
 * @param {import('@playwright/test').Page} page
 */
export async function stop(page) {
  const soon = await page.evaluate(() => Date.now() + 2_000);
  await page.clock.pauseAt(soon);
}
