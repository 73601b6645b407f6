// A page that goes away at a bad moment loses nothing and doubles nothing: reload, and closing the tab.
// `restart.spec.js` does the same to the server and to the whole browser.

import { Copilot, expect, test } from './harness.js';
import { letGo, MOMENTS } from './harness/moments.js';
import { TURNS } from './harness/routes.js';
import { standalone } from './harness/standalone.js';
import { carriedOut, said } from './harness/stored.js';

/**
 * @typedef {object} Interruption
 * @property {string} name
 * @property {(copilot: Copilot, origin: string) => Promise<Copilot>} happen Returns the panel afterwards.
 */

/** @type {Interruption[]} */
const INTERRUPTIONS = [
  {
    name: 'a reload',
    happen: async (copilot) => {
      await copilot.page.reload();
      return copilot;
    },
  },
  {
    name: 'closing the tab',
    happen: async (copilot, origin) => {
      const next = await copilot.page.context().newPage();
      await copilot.page.close();
      await next.goto(origin);
      return new Copilot(next);
    },
  },
];

const TEXT = 'Latency doubled at 14:05 after the deploy.';

for (const moment of MOMENTS) {
  for (const { name, happen } of INTERRUPTIONS) {
    test(`${name} ${moment.name} loses nothing and doubles nothing`, async ({ server, chromium, copilot }) => {
      await standalone(chromium, server);
      await moment.hold({ server, chromium, copilot });
      await copilot.say(TEXT);
      await moment.reached({ server, chromium, copilot }, TEXT);

      const after = await happen(copilot, server.origin);
      await expect(after.message(TEXT), 'the message is on screen after the interruption').toHaveCount(1);
      if (moment.failed) {
        await after.reaches(TEXT, 'failed');
      }
      await letGo({ server, chromium });
      if (moment.failed) {
        await after.action('Retry', TEXT).click();
      }

      await after.answered(1);
      await after.reaches(TEXT, 'sent');
      await expect(after.mine).toHaveCount(1);
      expect(await said(server, chromium)).toEqual([[TEXT]]);
      await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(1);

      // What the server knows now is what a page without memory of its own shows.
      await after.page.reload();
      await after.answered(1);
      await expect(after.mine).toHaveCount(1);
    });
  }
}

test('an answer that arrived stays when the server leaves it out of its list', async ({ server, copilot }) => {
  await copilot.say(TEXT);
  await copilot.answered(1);
  // The time of an answer is the server's and comes with its row; what it says must be the same with or without.
  const body = async () => (await copilot.answers.innerText()).replace(/^FaultMaven\s*(·\s*\d\d:\d\d)?\s*/, '');
  const answer = await body();
  await server.faults.set([{ match: { path: '/api/v1/cases/*/messages' }, fault: { kind: 'omit_assistant' } }]);
  const list = copilot.page.waitForResponse((response) => new URL(response.url()).pathname.endsWith('/messages'));
  await copilot.page.reload();
  await list;
  await copilot.answered(1);
  expect(await body()).toBe(answer);
});

test('a draft is kept for each case over a reload', async ({ copilot }) => {
  await copilot.widen();
  await copilot.say('Which pods restart?');
  await copilot.answered(1);
  const first = await copilot.caseKey();
  await copilot.composer.fill('a draft of the first case');
  await copilot.newCase();
  await copilot.composer.fill('a draft of a new case');
  // The page writes drafts down when it goes away, at the latest.
  await copilot.page.reload();
  await expect(copilot.composer).toHaveValue('a draft of a new case');
  await copilot.show(first);
  await expect(copilot.composer).toHaveValue('a draft of the first case');
});
