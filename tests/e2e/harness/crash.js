// The crash matrix: how often a danger is run through, what came of it, and the ways in which a page is lost.
//
// `cargo xtask crash` names a file for the results and asks for many runs; everybody else gets a few and no file.

import fs from 'node:fs';
import { once } from 'node:events';

const report = process.env.COPILOT_CRASH_REPORT;

/** Whether the long matrix is run, with the spans that the product promises instead of the shortest that show them. */
export const long = process.env.COPILOT_CRASH === 'long';

/**
 * How often a danger is run through.
 * @param {number} asked In the long matrix.
 * @param {number} [few] Otherwise.
 */
export function runs(asked, few = 2) {
  return long ? asked : few;
}

/**
 * @typedef {object} Toll What a danger cost.
 * @property {string} group
 * @property {string} cell
 * @property {number} runs
 * @property {number} lost Things the person did that are nowhere.
 * @property {number} doubled Things the person did once that are there more than once.
 * @property {string} [note]
 *
 * Enters a cell into the matrix.
 * @param {Toll} toll
 */
export function enter(toll) {
  if (report) {
    fs.appendFileSync(report, `${JSON.stringify(toll)}\n`);
  }
}

/**
 * What is missing of what the person wrote, and what is there too often.
 * @param {string[]} wrote
 * @param {string[]} found
 */
export function compare(wrote, found) {
  const count = (/** @type {string} */ text) => found.filter((other) => other === text).length;
  return {
    lost: wrote.filter((text) => count(text) === 0).length,
    doubled: wrote.filter((text) => count(text) > 1).length,
  };
}

/**
 * Ends the process that draws a page, as a crash does. Returns when the browser has noticed.
 * @param {import('@playwright/test').Page} page
 */
export async function crash(page) {
  const session = await page.context().newCDPSession(page);
  const crashed = once(page, 'crash');
  // Never answered: who would answer is gone.
  session.send('Page.crash').catch(() => {});
  await crashed;
}

/**
 * Reloads a page that may still be starting from the reload before; returns when the browser has taken the new one up.
 * Between two pages the browser takes no reload at all, and says so; then it is asked again.
 * @param {import('@playwright/test').Page} page
 */
export async function reload(page) {
  for (;;) {
    try {
      await page.reload({ waitUntil: 'commit' });
      return;
    } catch (refused) {
      if (!String(refused).includes('Not attached to an active page')) {
        throw refused;
      }
    }
  }
}

/**
 * Makes a page stand still until it is thawed: no timer, no message, no lock, no answer from the network. Chromium
 * freezes only pages that are out of sight, which those of a browser without a screen never are; the debugger stops the
 * page's thread in the same place, between two tasks.
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<() => Promise<void>>} What thaws it.
 */
export async function freeze(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Debugger.enable');
  const stopped = once(session, 'Debugger.paused');
  await session.send('Debugger.pause');
  await stopped;
  return async () => {
    await session.send('Debugger.resume');
    await session.detach();
  };
}

/**
 * Makes a page stand still as soon as it has begun to write into its database: what it asked for is on its way, and it
 * never hears how that went.
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<() => Promise<() => Promise<void>>>} Waits until it stands still; returns what thaws it.
 */
export async function freezeWhenItWrites(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Debugger.enable');
  const stopped = once(session, 'Debugger.paused');
  await page.evaluate(() => {
    const begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
      const transaction = begin.call(this, stores, mode, options);
      if (mode === 'readwrite') {
        IDBDatabase.prototype.transaction = begin;
        queueMicrotask(() => {
          debugger;
        });
      }
      return transaction;
    };
  });
  return async () => {
    await stopped;
    return async () => {
      await session.send('Debugger.resume');
      await session.detach();
    };
  };
}

/**
 * From now on nothing that a page writes into its database is ever finished, as if the page ended before that.
 * @param {import('@playwright/test').Page} page
 */
export async function writeNothing(page) {
  await page.evaluate(() => {
    const begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
      const transaction = begin.call(this, stores, mode, options);
      if (mode === 'readwrite') {
        transaction.commit = () => {};
        const store = transaction.objectStore(transaction.objectStoreNames[0]);
        // A transaction lives for as long as it is asked for something.
        const goOn = () => {
          store.count().onsuccess = goOn;
        };
        goOn();
      }
      return transaction;
    };
  });
}

/**
 * The person's next moment: a span that is part of what is tested, not a wait for something to happen.
 * @param {number} millis
 */
export function moment(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
