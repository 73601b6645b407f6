// Several windows on one profile: each takes work, one sends, and what becomes of the one that sends changes nothing
// for the person. Windows here are pages of one browser, which share storage, locks and channels as panels do.

import { Copilot, expect, test } from './harness.js';
import { inOwnTime, stop } from './harness/clock.js';
import { compare, crash, enter, freeze, freezeWhenItWrites, long, moment, runs, writeNothing } from './harness/crash.js';
import { hang, TURNS } from './harness/routes.js';
import { standalone } from './harness/standalone.js';
import { said } from './harness/stored.js';

/** A holder that is gone is replaced within this time (architecture §6). */
const GONE_MS = 2_000;
/** A holder that stands still is replaced within this time (architecture §6). */
const FROZEN_MS = 20_000;
/** How long a window is frozen in the long matrix. */
const FREEZE_MS = 60_000;

/**
 * @typedef {object} World
 * @property {import('./harness/server.js').Server} server
 * @property {import('./harness/chromium.js').Chromium} chromium
 */

/**
 * More windows of the same person.
 * @param {World} world
 * @param {number} count
 */
async function more({ server, chromium }, count) {
  const windows = [];
  for (let n = 0; n < count; n += 1) {
    const page = await chromium.context.newPage();
    await page.goto(server.origin);
    const window = new Copilot(page);
    await expect(window.composer).toBeVisible();
    await window.widen();
    windows.push(window);
  }
  return windows;
}

/**
 * Shows the case with this title.
 * @param {Copilot} window
 * @param {string} key
 */
async function show(window, key) {
  await expect(window.caseRow(key)).toBeVisible();
  await window.show(key);
}

/**
 * The window that sends, and the others.
 * @param {Copilot[]} windows
 */
async function roles(windows) {
  const role = (/** @type {Copilot} */ window) => window.root.getAttribute('data-role-in-profile');
  /** @type {(string | null)[]} */
  let all = [];
  await expect
    .poll(async () => {
      all = await Promise.all(windows.map(role));
      return all.filter((role) => role === 'sender').length;
    }, 'one window sends')
    .toBe(1);
  const sender = windows[all.indexOf('sender')];
  return { sender, followers: windows.filter((window) => window !== sender) };
}

/**
 * How long it takes until one of these windows sends, by the clock of this program.
 * @param {Copilot[]} windows
 * @param {() => Promise<void>} happen What makes it necessary.
 */
async function takeover(windows, happen) {
  const began = Date.now();
  await happen();
  const one = windows.map((window) =>
    window.page.waitForSelector('[data-role-in-profile="sender"]', { timeout: 2 * FROZEN_MS }),
  );
  await Promise.any(one);
  return Date.now() - began;
}

/**
 * Enters what the server has of what was written into the matrix, and holds it against it.
 * @param {World} world
 * @param {{ cell: string, runs: number, note?: string }} cell
 * @param {string[]} wrote
 */
async function settle({ server, chromium }, cell, wrote) {
  const found = async () => (await said(server, chromium)).flat();
  const arrived = expect.poll(async () => compare(wrote, await found()).lost, { timeout: 60_000 }).toBe(0);
  // What never arrives is counted, and the matrix says how many.
  await arrived.catch(() => {});
  const { lost, doubled } = compare(wrote, await found());
  enter({ group: 'Windows', ...cell, lost, doubled });
  expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
}

const FIRST = 'Where it begins.';

/**
 * A case that every window shows, with one answered message.
 * @param {World} world
 * @param {Copilot} copilot
 * @param {number} others
 */
async function together(world, copilot, others) {
  await standalone(world.chromium, world.server);
  await copilot.widen();
  await copilot.say(FIRST);
  await copilot.answered(1);
  const key = await copilot.caseKey();
  const windows = [copilot, ...(await more(world, others))];
  for (const window of windows) {
    await show(window, key);
    await window.answered(1);
  }
  return windows;
}

for (const others of [1, 2]) {
  test(`${others + 1} windows write into the same case: all show the same, and each message is sent once`, async ({
    server,
    chromium,
    copilot,
  }) => {
    const windows = await together({ server, chromium }, copilot, others);
    const rounds = runs(10, 3);
    test.setTimeout(120_000 + rounds * 20_000);
    const wrote = [FIRST];
    for (let round = 0; round < rounds; round += 1) {
      const texts = windows.map((_, n) => `Round ${round}, window ${n}.`);
      await Promise.all(windows.map((window, n) => window.say(texts[n])));
      wrote.push(...texts);
      for (const window of windows) {
        for (const text of texts) {
          await expect(window.message(text), text).toHaveCount(1);
          await window.reaches(text, 'sent');
        }
      }
    }
    const cell = `${windows.length} windows, same case, all online`;
    await settle({ server, chromium }, { cell, runs: rounds * windows.length }, wrote);
    // Every window has the answers too, and the order of the server, as far as its screen reaches up.
    const order = (await said(server, chromium)).flat();
    for (const window of windows) {
      await expect(window.thinking).toHaveCount(0);
      const shown = await window.mine.evaluateAll((rows) => rows.map((row) => row.textContent ?? ''));
      const places = shown.map((text) => order.findIndex((said) => text.includes(said)));
      expect(places).toEqual(places.map((_, n) => order.length - places.length + n));
    }
  });
}

for (const offline of /** @type {const} */ (['sender', 'follower'])) {
  test(`two windows, the ${offline} offline: both take work, and all of it is sent once`, async ({
    server,
    chromium,
    copilot,
  }) => {
    const windows = await together({ server, chromium }, copilot, 1);
    const { sender, followers } = await roles(windows);
    const cut = offline === 'sender' ? sender : followers[0];
    const session = await chromium.context.newCDPSession(cut.page);
    const network = (/** @type {boolean} */ gone) =>
      session.send('Network.emulateNetworkConditions', {
        offline: gone,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: -1,
      });
    await session.send('Network.enable');
    await network(true);
    const wrote = [FIRST];
    for (let round = 0; round < runs(10, 3); round += 1) {
      for (const [n, window] of windows.entries()) {
        const text = `Round ${round}, window ${n}.`;
        await window.say(text);
        await expect(window.message(text)).toHaveCount(1);
        wrote.push(text);
      }
    }
    // Whoever is cut off hears from the other window, not from the network.
    for (const window of windows) {
      await expect(window.message(/** @type {string} */ (wrote.at(-1)))).toHaveCount(1);
    }
    await network(false);
    for (const window of windows) {
      await window.reaches(/** @type {string} */ (wrote.at(-1)), 'sent');
    }
    await settle({ server, chromium }, { cell: `two windows, the ${offline} offline`, runs: wrote.length - 1 }, wrote);
  });
}

/**
 * @typedef {object} End
 * @property {string} cell
 * @property {(holder: Copilot) => Promise<void>} happen
 * @property {(holder: Copilot) => Promise<void>} [after]
 *
 * @type {End[]}
 */
const ENDS = [
  { cell: 'holder closed', happen: ({ page }) => page.close() },
  { cell: 'holder crashed', happen: ({ page }) => crash(page), after: ({ page }) => page.close() },
];

for (const { cell, happen, after } of ENDS) {
  test(`${cell}: another window sends within ${GONE_MS / 1000} s, and what was on its way is sent once`, async ({
    server,
    chromium,
    copilot,
  }) => {
    let windows = await together({ server, chromium }, copilot, 2);
    const wrote = [FIRST];
    const took = [];
    const rounds = runs(10);
    test.setTimeout(60_000 + rounds * 30_000);
    for (let round = 0; round < rounds; round += 1) {
      const { sender, followers } = await roles(windows);
      // One message of each is under way or waiting when it happens.
      await server.faults.set([hang(TURNS, { commit: true })]);
      const texts = windows.map((_, n) => `Round ${round}, window ${n}.`);
      for (const [n, window] of windows.entries()) {
        await window.say(texts[n]);
      }
      wrote.push(...texts);
      took.push(await takeover(followers, () => happen(sender)));
      await after?.(sender);
      await server.faults.clear();
      await server.faults.release();
      for (const window of followers) {
        for (const text of texts) {
          await window.reaches(text, 'sent');
        }
      }
      const [fresh] = await more({ server, chromium }, 1);
      await show(fresh, await followers[0].caseKey());
      windows = [...followers, fresh];
    }
    const worst = Math.max(...took);
    await settle({ server, chromium }, { cell, runs: rounds, note: `taken over in ${worst} ms at most` }, wrote);
    expect(worst).toBeLessThanOrEqual(GONE_MS);
  });
}

test(`holder frozen: another window sends within ${FROZEN_MS / 1000} s; thawed, it finds its place again`, async ({
  server,
  chromium,
  copilot,
}) => {
  const windows = await together({ server, chromium }, copilot, 1);
  const rounds = runs(3, 1);
  test.setTimeout(60_000 + rounds * (FREEZE_MS + 60_000));
  const wrote = [FIRST];
  const took = [];
  for (let round = 0; round < rounds; round += 1) {
    const { sender: frozen, followers } = await roles(windows);
    const [follower] = followers;
    const write = async (/** @type {Copilot} */ window, /** @type {string} */ what) => {
      const text = `Round ${round}, ${what}.`;
      wrote.push(text);
      await window.say(text);
      return text;
    };
    await server.faults.set([hang(TURNS, { commit: true })]);
    const inFlight = await write(frozen, 'by the one that freezes');
    const since = Date.now();
    let thaw = async () => {};
    /** @type {Promise<string> | undefined} */
    let halfWritten;
    const replaced = await takeover([follower], async () => {
      if (round % 2 === 0) {
        // In the middle of a write; what it writes is answered only when it is thawed.
        const frozenNow = await freezeWhenItWrites(frozen.page);
        halfWritten = write(frozen, 'in the middle of which it freezes');
        thaw = await frozenNow();
      } else {
        thaw = await freeze(frozen.page);
      }
    });
    took.push(replaced);
    await server.faults.clear();
    await server.faults.release();
    const meanwhile = await write(follower, 'meanwhile');
    await follower.reaches(meanwhile, 'sent');
    await follower.reaches(inFlight, 'sent');
    if (long) {
      await moment(Math.max(0, FREEZE_MS - (Date.now() - since)));
    }

    await thaw();
    await halfWritten;
    await frozen.reaches(meanwhile, 'sent');
    await frozen.reaches(inFlight, 'sent');
    await expect(frozen.root).toHaveAttribute('data-role-in-profile', 'follower');
    const thawed = await write(frozen, 'after the thaw');
    await frozen.reaches(thawed, 'sent');
    await follower.reaches(thawed, 'sent');
  }
  const worst = Math.max(...took);
  const note = `${long ? `frozen ${FREEZE_MS / 1000} s, ` : ''}taken over in ${(worst / 1000).toFixed(1)} s at most`;
  await settle({ server, chromium }, { cell: 'holder frozen and thawed', runs: rounds, note }, wrote);
  expect(worst).toBeLessThanOrEqual(FROZEN_MS);
});

for (const role of /** @type {const} */ (['holder', 'follower'])) {
  const cell = `${role} closed in the middle of a write`;
  test(`${cell}: what it had only begun to write is taken over by a window that stays`, async ({
    server,
    chromium,
    copilot,
  }) => {
    let windows = await together({ server, chromium }, copilot, 1);
    const wrote = [FIRST];
    const rounds = runs(10, 1);
    test.setTimeout(60_000 + rounds * 30_000);
    for (let round = 0; round < rounds; round += 1) {
      const { sender, followers } = await roles(windows);
      const [closed, stays] = role === 'holder' ? [sender, followers[0]] : [followers[0], sender];
      await writeNothing(closed.page);
      const text = `Round ${round}, with the last breath.`;
      await closed.say(text);
      wrote.push(text);
      await expect(closed.message(text)).toHaveCount(1);
      await closed.page.close();
      await stays.reaches(text, 'sent');
      const [fresh] = await more({ server, chromium }, 1);
      await show(fresh, await stays.caseKey());
      windows = [stays, fresh];
    }
    await settle({ server, chromium }, { cell, runs: rounds }, wrote);
  });
}

test('a window whose channel is silent hears on the second wire', async ({ server, chromium, copilot }) => {
  await copilot.widen();
  await copilot.say(FIRST);
  await copilot.answered(1);
  const key = await copilot.caseKey();
  const page = await chromium.context.newPage();
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, 'BroadcastChannel');
  });
  await page.goto(server.origin);
  const deaf = new Copilot(page);
  await deaf.widen();
  await show(deaf, key);
  await copilot.say('Does it come through?');
  await deaf.reaches('Does it come through?', 'sent');
  await deaf.say('It does.');
  await deaf.reaches('It does.', 'sent');
  await copilot.reaches('It does.', 'sent');
  expect(await said(server, chromium)).toEqual([[FIRST, 'Does it come through?', 'It does.']]);
});

test('pins, drafts and messages of three windows are all kept when all of them crash', async ({ server, chromium, copilot }) => {
  const rounds = runs(10, 1);
  test.setTimeout(60_000 + rounds * 40_000);
  await standalone(chromium, server);
  await copilot.widen();
  const first = ['Disk of db-2 is full.', 'Kafka lags behind.', 'DNS times out.'];
  const keys = [];
  for (const text of first) {
    await copilot.newCase();
    await copilot.say(text);
    await copilot.answered(1);
    keys.push(await copilot.caseKey());
  }
  const wrote = [...first];
  let lost = 0;
  let windows = [copilot, ...(await more({ server, chromium }, 2))];
  for (let round = 0; round < rounds; round += 1) {
    await chromium.context.setOffline(true);
    for (const [n, window] of windows.entries()) {
      await show(window, keys[n]);
    }
    const texts = windows.map((_, n) => `Round ${round}, window ${n}.`);
    const drafts = windows.map((_, n) => `Draft ${round} of window ${n}`);
    await Promise.all(
      windows.map(async (window, n) => {
        await window.say(texts[n]);
        await window.caseRow(keys[n]).getByRole('button').first().focus();
        await window.page.keyboard.press('p');
        await window.composer.fill(drafts[n]);
      }),
    );
    wrote.push(...texts);
    const pins = round % 2 === 0 ? keys.length : 0;
    // What a window tells the others is durable; a draft is written down when writing pauses.
    for (const window of windows) {
      await expect(window.list.getByRole('list', { name: 'Pinned' }).locator('[data-key]')).toHaveCount(pins);
    }
    await moment(1_000);
    await Promise.all(windows.map(({ page }) => crash(page)));
    const dead = windows;
    windows = await more({ server, chromium }, windows.length);
    await Promise.all(dead.map(({ page }) => page.close()));
    for (const [n, window] of windows.entries()) {
      await expect(window.list.getByRole('list', { name: 'Pinned' }).locator('[data-key]')).toHaveCount(pins);
      await show(window, keys[n]);
      lost += (await window.composer.inputValue()) === drafts[n] ? 0 : 1;
      await expect(window.message(texts[n])).toHaveCount(1);
      await window.composer.fill('');
    }
    expect(lost, 'drafts').toBe(0);
    await chromium.context.setOffline(false);
  }
  const cell = 'pins, drafts and messages of three crashed windows';
  await settle({ server, chromium }, { cell, runs: rounds * windows.length }, wrote);
});

test('a draft that another window replaced is offered, and neither text is lost', async ({ server, chromium, copilot }) => {
  const [here, there] = await together({ server, chromium }, copilot, 1);
  await here.composer.fill('Pool wait is 3 s.');
  await expect(there.composer, 'the windows share the draft').toHaveValue('Pool wait is 3 s.');
  await there.composer.fill('Disk of db-2 is full.');
  await expect(here.composer, 'the newest stands').toHaveValue('Disk of db-2 is full.');
  await expect(here.dock).toContainText('Another window has a different draft.');
  await here.dock.getByRole('button', { name: 'Use it' }).click();
  await expect(here.composer).toHaveValue('Pool wait is 3 s.');
  await expect(here.composer).toBeFocused();
  await expect(there.composer).toHaveValue('Pool wait is 3 s.');
  await there.dock.getByRole('button', { name: 'Use it' }).click();
  await expect(there.composer).toHaveValue('Disk of db-2 is full.');
  await there.composer.press('Enter');
  await there.reaches('Disk of db-2 is full.', 'sent');
  await expect(here.composer, 'what was sent is no draft any more').toHaveValue('');
});

inOwnTime(test)('Enter sends what was written here, although another window has written something newer', async ({
  server,
  chromium,
  copilot,
}) => {
  const [here, there] = await together({ server, chromium }, copilot, 1);
  await stop(here.page);
  await here.composer.fill('Pool wait is 3 s.');
  await here.page.clock.fastForward(300);
  await expect(there.composer, 'the windows share the draft').toHaveValue('Pool wait is 3 s.');
  await there.composer.fill('Disk of db-2 is full.');
  await here.page.clock.fastForward(300);
  await expect(here.dock, 'it is offered').toContainText('Another window has a different draft.');
  await expect(here.composer, 'and nothing changes under the hands').toHaveValue('Pool wait is 3 s.');
  await here.composer.press('Enter');
  await expect(here.message('Pool wait is 3 s.')).toHaveCount(1);
  await here.page.clock.resume();
  await expect(there.message('Pool wait is 3 s.')).toHaveCount(1);
  await expect(there.composer, 'what was not sent stays').toHaveValue('Disk of db-2 is full.');
  await there.composer.press('Enter');
  await here.reaches('Disk of db-2 is full.', 'sent');
  expect((await said(server, chromium)).flat()).toEqual([FIRST, 'Pool wait is 3 s.', 'Disk of db-2 is full.']);
});

inOwnTime(test)('a draft that is deleted in one window does not come back from another', async ({ server, chromium, copilot }) => {
  const [here, there] = await together({ server, chromium }, copilot, 1);
  await stop(here.page);
  await here.composer.fill('Pool wait is 3 s.');
  await here.page.clock.fastForward(300);
  await expect(there.composer, 'the windows share the draft').toHaveValue('Pool wait is 3 s.');
  await here.page.clock.fastForward(3_000);
  await there.composer.fill('');
  await here.page.clock.fastForward(300);
  await expect(here.composer).toHaveValue('');
  await expect(there.composer).toHaveValue('');
});

inOwnTime(test)('what was being written in a case that another window deletes goes on in the new case', async ({
  server,
  chromium,
  copilot,
}) => {
  const [here, there] = await together({ server, chromium }, copilot, 1);
  await here.composer.fill('Pool wait is 3 s.');
  await expect(there.composer, 'the windows share the draft').toHaveValue('Pool wait is 3 s.');
  await there.currentCase.getByRole('button').first().focus();
  await there.page.keyboard.press('Delete');
  await expect(here.caseRows).toHaveCount(0);
  await here.composer.press('Enter');
  await expect(here.dock).toContainText('This case was deleted in another window. What you wrote is still in the box.');
  await expect(here.composer).toHaveValue('Pool wait is 3 s.');
  await here.page.clock.fastForward(8_000);
  await expect(here.mine, 'the deletion is final').toHaveCount(0);
  await expect(here.dock).toContainText('The case is gone. What you were writing goes on here.');
  await expect(here.composer).toHaveValue('Pool wait is 3 s.');
  await here.page.reload();
  await expect(here.composer).toHaveValue('Pool wait is 3 s.');
});
