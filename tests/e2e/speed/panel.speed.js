// The panel in the large world (`harness/large.js`): as a page, and as an extension.
//
// What takes longest to make is made once and measured from all sides; a side that fails does not take the others' figures
// with it.

import { expect, test } from '../harness.js';
import { Extension } from '../harness/extension.js';
import { CASES, letWait, listed, longCase, makeWorld, openLongCase, readAll } from '../harness/large.js';
import { barePage, either, enters, framesOf, memory, rested, slowed, starts, tell, untilPainted, watchStart } from '../harness/speed.js';

const RUNS = either(40, 3);
const STARTS = either(20, 2);
const FRAMES = either(300, 30);

test('a page that has just begun is small', async ({ copilot }) => {
  await expect(copilot.composer).toBeVisible();
  tell('web.memory.idle', 'MB', [await memory(copilot.page)]);
});

test('what is done often is done in a frame', async ({ server, chromium, copilot }) => {
  const { page } = copilot;
  /**
   * @param {string} what
   * @param {() => Promise<void>} measure
   */
  const part = async (what, measure) => {
    const begun = Date.now();
    let failed;
    try {
      await measure();
    } catch (error) {
      failed = String(error);
      console.log(failed);
    }
    expect.soft(failed, what).toBeUndefined();
    console.log(`${what}: ${Math.round((Date.now() - begun) / 1_000)} s`);
  };

  await expect.poll(() => chromium.authorization).not.toBe('');
  await part('the world is written', () => makeWorld(server, chromium));
  await page.reload();
  await copilot.widen();
  await part(`${CASES} cases are listed`, () => listed(copilot));
  await openLongCase(copilot);
  await part('the long case is read to its beginning', () => readAll(copilot));
  await part('messages wait', () => letWait(copilot, server));
  await openLongCase(copilot);

  await part('scrolling', async () => {
    const frames = [];
    // From the end, and from the middle of what is loaded.
    for (const from of [1, 0.5]) {
      frames.push(...(await copilot.conversation.evaluate(framesOf, { from, count: FRAMES })));
    }
    tell('web.scroll', 'ms', frames);
  });

  await part('opening', async () => {
    const opened = [];
    for (let number = 0; number < RUNS; number += 1) {
      await copilot.newCase();
      opened.push(await longCase(copilot).getByRole('button').first().evaluate(untilPainted));
    }
    tell('web.open', 'ms', opened);
    tell('web.memory.loaded', 'MB', [await memory(page)]);
  });

  await part('opening after a start', async () => {
    const opened = [];
    for (let number = 0; number < either(20, 2); number += 1) {
      await copilot.newCase();
      await page.reload();
      await listed(copilot);
      opened.push(await longCase(copilot).getByRole('button').first().evaluate(untilPainted));
    }
    tell('web.open.first', 'ms', opened);
  });

  await part('Enter', async () => {
    await openLongCase(copilot);
    // The page was started just now, and asks the server for all cases, a hundred at a time: that is no part of an Enter.
    await rested(page, either(3_000, 0));
    for (const [rate, measure] of /** @type {const} */ ([[1, 'web.enter'], [4, 'web.enter.slow']])) {
      const write = (/** @type {number} */ number) => copilot.composer.fill(`Message of the measurement ${rate} ${number}`);
      await slowed(page, rate, async () => tell(measure, 'ms', await enters(page, RUNS, write)));
    }
  });

  await part('Enter on a page that has nothing else to do', async () => {
    const bare = await barePage(page.context());
    tell('web.enter.bare', 'ms', await enters(bare, RUNS, (number) => bare.locator('textarea').fill(`Message ${number}`)));
    await bare.close();
  });

  await part('starting', async () => {
    await watchStart(chromium.context);
    tell('web.start', 'ms', await starts(page, STARTS, () => page.reload()));
    tell('web.start.tab', 'ms', await starts(page, STARTS));
  });

  await part('the extension', async () => {
    await chromium.close();
    // A new link to sign in with. Nothing that waits is in the extension's own store: its messages are the server's.
    await server.restart();
    const extension = await Extension.start();
    try {
      const panel = await extension.panel();
      await extension.signIn(panel, server);
      await panel.widen();
      await listed(panel);
      await openLongCase(panel);
      await letWait(panel, server);
      await openLongCase(panel);
      tell('extension.memory', 'MB', [await memory(panel.page)]);
      await watchStart(extension.chromium.context);
      tell('extension.start', 'ms', await starts(panel.page, STARTS));
      expect(extension.complaints).toEqual([]);
    } finally {
      await extension.dispose();
    }
  });
});
