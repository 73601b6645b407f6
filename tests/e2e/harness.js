// Where a spec file starts: `test` and `expect`, with the two programs under test as fixtures.
//
// `server` is the built server, `chromium` a browser that shows the built bundle, `panel` the opened page. Each test
// has its own, with a fresh data folder and a fresh profile: the sign-in address works once, so a server shared by
// tests could sign in only the first. Nothing uses a fixed port or waits for a time to pass: the server says when it
// listens, and processes say when they have ended.

import { expect, test as base } from '@playwright/test';
import { Chromium } from './harness/chromium.js';
import { Copilot, words } from './harness/copilot.js';
import { watch } from './harness/faultless.js';
import { Server } from './harness/server.js';

export { Copilot, expect, words };

/**
 * @typedef {object} Fixtures
 * @property {Server} server The server, with fault injection.
 * @property {Chromium} chromium A browser that can be killed and started again on the same profile.
 * @property {import('@playwright/test').Page} panel The panel, signed in by the server's address.
 * @property {Copilot} copilot The same panel by its accessible names, when it is ready to be written in.
 * @property {string[]} complaints What the panel's page complained about so far; must be empty at the end of a test.
 */

/** @type {import('@playwright/test').TestType<import('@playwright/test').PlaywrightTestArgs & Fixtures, {}>} */
export const test = base.extend({
  server: async ({}, use, testInfo) => {
    const server = await Server.start();
    await use(server);
    await server.dispose();
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('server.log', { body: server.output, contentType: 'text/plain' });
    }
  },

  chromium: async ({}, use) => {
    const chromium = await Chromium.start();
    await use(chromium);
    await chromium.dispose();
  },

  complaints: async ({}, use) => {
    await use([]);
  },

  panel: async ({ server, chromium, complaints }, use) => {
    const page = await chromium.page();
    await watch(page, complaints);
    await page.goto(server.url);
    await use(page);
    expect(complaints, 'the page complained').toEqual([]);
  },

  copilot: async ({ panel }, use) => {
    const copilot = new Copilot(panel);
    await expect(copilot.composer).toBeVisible();
    await use(copilot);
  },
});
