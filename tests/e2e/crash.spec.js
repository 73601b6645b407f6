// A page that dies right behind Enter loses nothing and doubles nothing: closed, crashed, reloaded again and again, or
// gone with the whole browser. Each danger is run through several times on one profile, every other time without a
// network, so that what is on screen afterwards can only come from this device.

import { Copilot, expect, test } from './harness.js';
import { compare, crash, enter, moment, reload, runs } from './harness/crash.js';
import { standalone } from './harness/standalone.js';
import { said } from './harness/stored.js';

/** What is promised to be safe from a kill of the browser; before it, only a tab may die. */
const DURABLE_AFTER_MS = 150;

/**
 * @typedef {object} World
 * @property {import('./harness/server.js').Server} server
 * @property {import('./harness/chromium.js').Chromium} chromium
 * @property {Copilot} copilot
 *
 * @typedef {object} Danger
 * @property {string} cell
 * @property {number} runs
 * @property {(world: World) => Promise<() => Promise<Copilot>>} arm What brings it about, prepared so far that it comes
 *   at once; returns the panel afterwards.
 */

/**
 * @param {World} world
 * @param {import('@playwright/test').Page} page
 */
async function reopen({ server }, page) {
  await page.goto(server.origin);
  return new Copilot(page);
}

/** @type {Danger[]} */
const DANGERS = [
  {
    cell: 'tab closed right behind Enter',
    runs: runs(30),
    arm: async (world) => {
      const next = await world.chromium.context.newPage();
      return async () => {
        await world.copilot.page.close();
        return reopen(world, next);
      };
    },
  },
  {
    cell: 'renderer crashed right behind Enter',
    runs: runs(30),
    arm: async (world) => async () => {
      await crash(world.copilot.page);
      const next = await world.chromium.context.newPage();
      await world.copilot.page.close();
      return reopen(world, next);
    },
  },
  {
    cell: `browser killed ${DURABLE_AFTER_MS} ms behind Enter`,
    runs: runs(30),
    arm: async (world) => {
      const kill = await world.chromium.killer();
      return async () => {
        await moment(DURABLE_AFTER_MS);
        await kill();
        await world.chromium.restart();
        await standalone(world.chromium, world.server);
        return reopen(world, await world.chromium.page());
      };
    },
  },
  {
    cell: 'five reloads right behind Enter',
    runs: runs(30),
    arm: async (world) => async () => {
      for (let time = 0; time < 5; time += 1) {
        // The next one comes while the page is still starting.
        await reload(world.copilot.page);
      }
      return world.copilot;
    },
  },
];

for (const danger of DANGERS) {
  test(`${danger.cell}: nothing is lost, nothing is doubled`, async ({ server, chromium, copilot }) => {
    test.setTimeout(60_000 + danger.runs * 20_000);
    await standalone(chromium, server);
    await copilot.say('Where it begins.');
    await copilot.answered(1);
    const wrote = ['Where it begins.'];
    const missing = [];
    let panel = copilot;
    for (let run = 0; run < danger.runs; run += 1) {
      const offline = run % 2 === 0;
      await chromium.context.setOffline(offline);
      const text = `Run ${run} of ${danger.runs}.`;
      await expect(panel.composer).toBeVisible();
      const strike = await danger.arm({ server, chromium, copilot: panel });
      await panel.say(text);
      wrote.push(text);
      panel = await strike();
      await expect(panel.composer).toBeVisible();
      const row = panel.message(text);
      // On screen as soon as the page has read what it kept.
      await row.waitFor({ state: 'visible', timeout: 15_000 }).catch(() => missing.push(text));
    }
    await chromium.context.setOffline(false);
    const found = async () => (await said(server, chromium)).flat();
    const arrived = expect.poll(async () => compare(wrote, await found()).lost, { timeout: 60_000 }).toBe(0);
    // What never arrives is counted, and the matrix says how many.
    await arrived.catch(() => {});
    const { lost, doubled } = compare(wrote, await found());
    enter({ group: 'Chromium', cell: danger.cell, runs: danger.runs, lost: Math.max(lost, missing.length), doubled });
    expect(missing, 'on screen after the interruption').toEqual([]);
    expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
    expect(await found(), 'in the order of writing').toEqual(wrote);
  });
}
