// The panel in a large world: ten thousand cases, ten thousand messages in the one that is open.

import { expect, test } from '../harness.js';
import { fill, manyCases } from '../harness/history.js';
import { hang, TURNS } from '../harness/routes.js';
import { either, memory, tell, throttle, watchEnter, watchStart } from '../harness/speed.js';

const TURNS_OF_THE_CASE = either(5_000, 60);
const CASES = either(10_000, 40);
const RUNS = either(40, 3);
const STARTS = either(20, 2);
const FRAMES = either(600, 30);

test('a page that has just begun is small', async ({ copilot }) => {
  await expect(copilot.composer).toBeVisible();
  tell('web.memory.idle', 'MB', [await memory(copilot.page)]);
});

test('what is done often is done in a frame', async ({ server, chromium, copilot }) => {
  const { page } = copilot;
  await expect.poll(() => chromium.authorization).not.toBe('');
  await manyCases(server, chromium, CASES);
  await fill(server, chromium, TURNS_OF_THE_CASE);
  await page.reload();
  await copilot.widen();
  const row = copilot.caseRows.filter({ hasText: 'Years of work' }).first();
  const open = row.getByRole('button').first();
  await expect(copilot.list.getByRole('button', { name: /^Active/ })).toContainText(/\d/);
  await open.click();
  const last = copilot.message(`Message ${TURNS_OF_THE_CASE}.`);
  await expect(last).toBeVisible();

  // Scrolling through what is loaded, a screen every ten frames.
  const frames = await page.evaluate(async (count) => {
    const log = /** @type {HTMLElement} */ (document.querySelector('[role="log"]'));
    /** @type {() => Promise<number>} */
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const times = [];
    let before = await frame();
    for (let number = 0; number < count; number += 1) {
      log.scrollTop -= 70;
      const now = await frame();
      times.push(now - before);
      before = now;
    }
    return times;
  }, FRAMES);
  tell('web.scroll', 'ms', frames);

  // Away and back: the case as it is found when it is opened.
  const opened = [];
  for (let number = 0; number < RUNS; number += 1) {
    await copilot.newCase();
    opened.push(
      await open.evaluate(async (button) => {
        const begun = performance.now();
        /** @type {HTMLElement} */ (button).click();
        while (!document.querySelector('[role="log"] article')) {
          await new Promise((done) => requestAnimationFrame(done));
        }
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        return performance.now() - begun;
      }),
    );
  }
  tell('web.open', 'ms', opened);
  tell('web.memory.loaded', 'MB', [await memory(page)]);

  // The server never answers, so that nothing but the press is measured.
  await server.faults.set([hang(TURNS)]);
  const painted = await watchEnter(page);
  for (const [rate, measure] of /** @type {const} */ ([[1, 'web.enter'], [4, 'web.enter.slow']])) {
    await throttle(page, rate);
    const before = (await painted()).length;
    for (let number = 0; number < RUNS; number += 1) {
      await copilot.say(`Message of the measurement ${rate} ${number}`);
      await expect.poll(async () => (await painted()).length).toBe(before + number + 1);
    }
    tell(measure, 'ms', (await painted()).slice(before));
  }
  await throttle(page, 1);
  await server.faults.letGo();

  const usable = await watchStart(chromium.context);
  const starts = [];
  for (let number = 0; number < STARTS; number += 1) {
    await page.reload();
    starts.push(await usable(page));
  }
  tell('web.start', 'ms', starts);
});
