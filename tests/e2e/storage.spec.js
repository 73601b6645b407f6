// The suite that every store runs, in the browser that the web store is for: `packages/storage/src/conformance.rs`.

import path from 'node:path';
import { expect, test } from './harness.js';
import { enter } from './harness/crash.js';
import { storageSuite } from './harness/environment.js';

/** Storage and locks need an address that the browser trusts; nothing listens there. */
const ORIGIN = 'http://localhost:9';

/** @type {Record<string, { body: string, contentType: string } | undefined>} */
const PAGES = {
  '/': {
    contentType: 'text/html',
    body: '<!doctype html><title>Suite of the stores</title><script type="module" src="/start.js"></script>',
  },
  '/start.js': {
    contentType: 'text/javascript',
    body: 'import start from "/storage_suite.js"; start().catch((error) => { window.broken ??= String(error); });',
  },
};

test('the web store keeps every promise', async ({ chromium }) => {
  const page = await chromium.page();
  await page.route(`${ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const written = PAGES[pathname];
    if (written) {
      return route.fulfill(written);
    }
    const contentType = pathname.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
    return route.fulfill({ path: path.join(storageSuite, pathname), contentType });
  });
  await page.goto(`${ORIGIN}/`);
  const outcome = await page.waitForFunction(() => Reflect.get(window, 'broken') ?? Reflect.get(window, 'kept'));
  expect(await outcome.jsonValue()).toBe('every promise');
  enter({ group: 'Chromium', cell: 'conformance suite of all stores', runs: 1, lost: 0, doubled: 0 });
});
