// A case of ten thousand messages: what is in the page stays small, one row's change touches that row, and reading is
// never moved by what loads. Times are noted in the report, not asserted: they belong to the machine.

import { expect, test } from './harness.js';
import { enter } from './harness/first-frame.js';
import { fill, manyCases } from './harness/history.js';
import { answerWith, hang, TURNS } from './harness/routes.js';
import { casePieces } from './harness/kept.js';
import { scrollUp } from './harness/scrolling.js';
import { stored } from './harness/stored.js';

const TURNS_OF_THE_CASE = 5_000;
const CASES = 300;
/** Elements of the whole page (issue "The whole side panel"). */
const MOST_ELEMENTS = 2_000;

test.describe.configure({ timeout: 480_000 });

/** @param {import('@playwright/test').Page} page */
const elements = (page) => page.evaluate(() => document.querySelectorAll('*').length);

/**
 * The number of the uppermost of the person's messages that are in the page.
 * @param {import('@playwright/test').Page} page
 */
const firstDrawn = (page) =>
  page.evaluate(() => {
    const rows = [...document.querySelectorAll('[role="log"] article')];
    return Math.min(...rows.map((row) => Number(/Message (\d+)\./.exec(row.textContent ?? '')?.[1] ?? Infinity)));
  });

/** Pixels above the view in which rows are in the page, and pixels of rows that may stay there for a while. */
const [MARGIN, LEFT_OVER] = [900, 300];

/**
 * How many pixels of rows above the view are in the page that need not be. The window begins with a whole row.
 * @param {Element} log
 * @param {number} allowed
 */
function tooFarAbove(log, allowed) {
  const rows = [...log.querySelectorAll('article')].map((row) => row.getBoundingClientRect());
  const tallest = Math.max(...rows.map(({ height }) => height));
  return log.getBoundingClientRect().top - rows[0].top - allowed - tallest;
}

/**
 * Counts what changes in the conversation while something happens, by the row it happens in.
 * @param {import('@playwright/test').Page} page
 */
async function watchRows(page) {
  await page.evaluate(() => {
    /** @type {Record<string, number>} */
    const counts = {};
    const log = /** @type {Element} */ (document.querySelector('[role="log"]'));
    new MutationObserver((records) => {
      for (const { target } of records) {
        const element = target instanceof Element ? target : target.parentElement;
        const row = element?.closest('article')?.getAttribute('data-key') ?? `outside: ${element?.className}`;
        counts[row] = (counts[row] ?? 0) + 1;
      }
    }).observe(log, { subtree: true, childList: true, attributes: true, characterData: true });
    Object.assign(window, { counts });
  });
  // @ts-expect-error: written above
  return () => page.evaluate(() => window.counts);
}

/**
 * Starts the panel again and opens the long case. How many of its rows were read before the first were in the page, how
 * many in the end, and where the last row stood in all frames until all were there.
 * @param {import('./harness/copilot.js').Copilot} copilot
 */
async function openedFirst(copilot) {
  const { page } = copilot;
  await page.addInitScript(() => {
    /** @type {number[]} */
    const read = [];
    const { getAll } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.getAll = function (...range) {
      const asked = getAll.apply(this, range);
      if (this.name === 'messages') {
        asked.addEventListener('success', () => read.push(asked.result.length));
      }
      return asked;
    };
    Object.assign(window, { read });
  });
  await copilot.newCase();
  await page.reload();
  const button = copilot.caseRows.filter({ hasText: 'Years of work' }).getByRole('button').first();
  return button.evaluate(async (button) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const rows = () => [...document.querySelectorAll('[role="log"] article')];
    const height = () => document.querySelector('[role="log"]')?.scrollHeight ?? 0;
    // @ts-expect-error: written above
    const read = /** @type {number[]} */ (window.read);
    read.length = 0;
    /** @type {HTMLElement} */ (button).click();
    while (rows().length === 0) {
      await frame();
    }
    const [before, reads, low] = [read.reduce((sum, rows) => sum + rows, 0), read.length, height()];
    const places = new Set();
    while (read.length === reads || height() === low) {
      places.add(rows().at(-1)?.getBoundingClientRect().bottom);
      await frame();
    }
    for (let frames = 0; frames < 5; frames += 1) {
      places.add(rows().at(-1)?.getBoundingClientRect().bottom);
      await frame();
    }
    return { before, all: read.at(-1) ?? 0, places: [...places] };
  });
}

test('ten thousand messages are read, written to and left with a small page', async ({ server, chromium, copilot }, testInfo) => {
  const { page } = copilot;
  await expect.poll(() => chromium.authorization).not.toBe('');
  const begun = Date.now();
  await fill(server, chromium, TURNS_OF_THE_CASE);
  const filled = Date.now() - begun;
  await page.reload();
  await copilot.widen();
  await copilot.caseRows.filter({ hasText: 'Years of work' }).getByRole('button').first().click();
  const last = `Message ${TURNS_OF_THE_CASE}.`;
  await expect(copilot.message(last)).toBeVisible();
  expect(await elements(page)).toBeLessThanOrEqual(MOST_ELEMENTS);

  // Older rows load above what is read, and nothing that is read moves by it.
  const jumps = await scrollUp(page, 60);
  expect(jumps, 'pixels that what is read moved by itself').toBeLessThan(1);
  expect(await elements(page)).toBeLessThanOrEqual(MOST_ELEMENTS);
  // How many pages that loads depends on the machine; what follows needs many times the rows that are shown first.
  await expect(async () => {
    await scrollUp(page, 10);
    expect(await firstDrawn(page)).toBeLessThan(TURNS_OF_THE_CASE - 400);
  }).toPass();
  await page.getByRole('button', { name: /^Jump to latest/ }).click();
  await expect(copilot.message(last)).toBeVisible();

  // The first opening after a start: the last rows are read and painted, as many as in any case; then all the others
  // come, and nothing that is read moves by that.
  const opening = await openedFirst(copilot);
  expect(opening.before, 'rows that were read before the first were painted').toBeLessThanOrEqual(200);
  expect(opening.all, 'rows of the case').toBeGreaterThan(2 * opening.before);
  expect(opening.places, 'where the last row stood').toHaveLength(1);
  await expect(copilot.message(last)).toBeVisible();

  // One row flips from waiting to failed to sent: that row and nothing else is edited.
  await chromium.context.setOffline(true);
  await copilot.say('Only this row changes.');
  await copilot.reaches('Only this row changes.', 'waiting-offline');
  const row = copilot.message('Only this row changes.');
  const key = /** @type {string} */ (await row.getAttribute('data-key'));
  const node = await row.elementHandle();
  const counts = await watchRows(page);
  await server.faults.set([answerWith(TURNS, 402, { code: 'QUOTA_EXHAUSTED' })]);
  await chromium.context.setOffline(false);
  await copilot.reaches('Only this row changes.', 'failed-needs-change');
  const touched = Object.keys(await counts());
  // The thinking row came and went, so the list itself changed; of the rows that stayed, one did.
  expect(touched.filter((part) => !part.startsWith('outside:')), 'rows that were edited').toEqual([key]);
  expect(await row.evaluate((now, before) => now === before, node)).toBe(true);
  await server.faults.clear();
  await copilot.action('Discard', 'Only this row changes.').click();
  await expect(row).toHaveCount(0);
  await copilot.say('And this one settles.');
  const settling = copilot.message('And this one settles.');
  await expect(settling).toContainText('Sent');
  await expect(copilot.thinking).toHaveCount(0);
  await settling.focus();
  const before = { node: await settling.elementHandle(), height: (await settling.boundingBox())?.height };
  const settled = await watchRows(page);
  // The answer has just come: it is measured, and rows leave the page for it. After that it is quiet until the mark goes.
  await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    // @ts-expect-error: written above
    const counts = window.counts;
    for (let [quiet, last] = [0, '']; quiet < 20; ) {
      await frame();
      const now = JSON.stringify(counts);
      quiet = now === last ? quiet + 1 : 0;
      last = now;
    }
    for (const part of Object.keys(counts)) {
      delete counts[part];
    }
  });
  await expect(settling).not.toContainText('Sent');
  expect(Object.keys(await settled()), 'what was edited').toEqual([await settling.getAttribute('data-key')]);
  expect(await settling.evaluate((now, then) => now === then, before.node), 'the row is the same node').toBe(true);
  expect((await settling.boundingBox())?.height, 'and as high').toBe(before.height);
  await expect(settling, 'and has the focus').toBeFocused();

  // A message is painted in the first frame, however long the case is.
  await server.faults.set([hang(TURNS)]);
  await copilot.composer.fill('Painted at once.');
  const painted = { message: true, state: 'echoed', composer: '', focused: true, sameNodeInNextFrame: true };
  expect(await enter(copilot, 'Painted at once.')).toMatchObject(painted);

  // Times of this machine, for the report.
  const times = [];
  for (let number = 0; number < 20; number += 1) {
    await copilot.composer.fill(`Timed message ${number}`);
    times.push(
      await copilot.composer.evaluate(async (field) => {
        const log = /** @type {HTMLElement} */ (document.querySelector('[role="log"]'));
        const begun = performance.now();
        field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
        // The layout is part of what has to be done before the paint.
        void log.scrollHeight;
        return performance.now() - begun;
      }),
    );
  }
  await expect(copilot.mine.last()).toContainText('Timed message 19');
  expect(await elements(page)).toBeLessThanOrEqual(MOST_ELEMENTS);
  await expect.poll(() => copilot.conversation.evaluate(tooFarAbove, MARGIN + LEFT_OVER), { message: 'rows above are let go' }).toBeLessThan(0);
  const p95 = times.toSorted((a, b) => a - b)[18];
  await server.faults.letGo();
  await copilot.newCase();
  const opened = await copilot.caseRows.filter({ hasText: 'Years of work' }).first().getByRole('button').first().evaluate(async (button) => {
    const begun = performance.now();
    /** @type {HTMLElement} */ (button).click();
    while (!document.querySelector('[role="log"] article')) {
      await new Promise((done) => requestAnimationFrame(done));
    }
    return performance.now() - begun;
  });
  testInfo.annotations.push(
    { type: 'Enter to layout, p95, ms', description: p95.toFixed(1) },
    { type: 'open 10,000 messages, ms', description: opened.toFixed(1) },
  );
  const figures = `Enter to layout p95 ${p95.toFixed(1)} ms, open ${opened.toFixed(1)} ms, ${await elements(page)} elements`;
  console.log(`10,000 messages: ${figures} (written in ${Math.round(filled / 1000)} s)`);
});

test('a list of many cases has a screenful in the page and is walked to both ends by keys', async ({ server, chromium, copilot }) => {
  const { page } = copilot;
  await expect.poll(() => chromium.authorization).not.toBe('');
  await manyCases(server, chromium, CASES);
  await page.reload();
  await copilot.widen();
  await expect(copilot.list.getByRole('button', { name: /^Active/ })).toContainText(String(CASES));
  expect(await copilot.caseRows.count()).toBeLessThan(120);
  expect(await elements(page)).toBeLessThanOrEqual(MOST_ELEMENTS);
  await copilot.caseRows.first().getByRole('button').first().focus();
  await page.keyboard.press('End');
  await expect(copilot.list.locator(`li[aria-posinset="${CASES}"] .case-button`)).toBeFocused();
  await expect(copilot.list.locator(`li[aria-posinset="${CASES}"]`)).toBeInViewport();
  await page.keyboard.press('ArrowUp');
  await expect(copilot.list.locator(`li[aria-posinset="${CASES - 1}"] .case-button`)).toBeFocused();
  await page.keyboard.press('Home');
  await expect(copilot.list.locator('li[aria-posinset="1"] .case-button')).toBeFocused();
  expect(await copilot.caseRows.count()).toBeLessThan(120);
});

test('a start reads many cases in few pieces, as they were last', async ({ server, chromium, copilot }) => {
  const { page } = copilot;
  await expect.poll(() => chromium.authorization).not.toBe('');
  await manyCases(server, chromium, 100);
  await page.addInitScript(() => {
    /** @type {number[]} */
    const read = [];
    const { getAll } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.getAll = function (...range) {
      const asked = getAll.apply(this, range);
      if (this.name === 'cases') {
        asked.addEventListener('success', () => read.push(asked.result.length));
      }
      return asked;
    };
    Object.assign(window, { read });
  });
  const listed = async () => {
    await page.reload();
    await copilot.widen();
    await expect(copilot.list.getByRole('button', { name: /^Active/ })).toContainText('100');
  };
  // @ts-expect-error: written above
  const read = async () => (await page.evaluate(() => window.read)).reduce((sum, values) => sum + values, 0);
  await listed();
  await expect.poll(() => casePieces(page), { message: 'a quiet moment after the start' }).toBe(1);
  await listed();
  expect(await read(), 'pieces').toBe(1);
  const row = copilot.caseRows.first();
  await row.getByRole('button').first().focus();
  await page.keyboard.press('F2');
  await page.keyboard.type('Named after the copy');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await stored(server, chromium)).map(({ title }) => title)).toContain('Named after the copy');
  await server.faults.set([answerWith({ method: 'GET', path: '/api/**' }, 500)]);
  await listed();
  expect(await read(), 'pieces').toBe(1);
  await expect(copilot.caseRows.filter({ hasText: 'Named after the copy' })).toHaveCount(1);
});
