// The suite that every store runs, in the browser that the web store is for: `packages/storage/src/conformance.rs`.

import path from 'node:path';
import { expect, test } from './harness.js';
import { enter } from './harness/crash.js';
import { storageSuite } from './harness/environment.js';

/** Storage and locks need an address that the browser trusts; nothing listens there. */
const ORIGIN = 'http://localhost:9';

/** Runs in the page: data in the layout of an earlier program, which `packages/storage/src/main.rs` looks for. */
async function leaveWhatAnEarlierProgramLeft() {
  const name = 'fm:suite:earlier';
  const record = (/** @type {object} */ fact, epoch = 0) => `${epoch} 71 ${JSON.stringify(fact)}`;
  const seen = (/** @type {number} */ turn) => ({ r: 'seen', case: 'opt_case_1_1', turn });
  await new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => {
      const stores = ['journal', 'meta', 'cases', 'messages', 'quarantine'];
      const [journal, meta, , messages] = stores.map((store) => opening.result.createObjectStore(store));
      // Rows of a case under their ids, which say nothing of their order.
      for (let index = 0; index < 300; index += 1) {
        const id = `m-${(index * 7) % 300}`;
        const message = { id, role: 'user', text: `${index}`, turn: index + 1, created: index };
        messages.put(JSON.stringify({ key: `srv:${id}`, message, arrival: index }), ['old', id]);
      }
      journal.put(record(seen(7)), 7);
      journal.put(record(seen(8)), 8);
      for (const [key, value] of Object.entries({ next: 9, epoch: 3, log_start: 7, snapshot: [] })) {
        meta.put(value, key);
      }
    };
    opening.onerror = reject;
    opening.onsuccess = () => {
      opening.result.close();
      resolve(undefined);
    };
  });
  const attempt = { r: 'attempt', op: '0190d3a5-7c1e-4b8a-9a51-3f2b6c7d8e9f', first: { at: 1, known_turn: 0 } };
  // Written under epoch 2, which stands in the record as one more.
  localStorage.setItem(`${name}:belt:gone:1`, ['1', record(attempt, 3), record(seen(9), 3)].join('\u001e'));
}

/** @type {Record<string, { body: string, contentType: string } | undefined>} */
const PAGES = {
  '/': {
    contentType: 'text/html',
    body: '<!doctype html><title>Suite of the stores</title><script type="module" src="/start.js"></script>',
  },
  '/start.js': {
    contentType: 'text/javascript',
    body: `import start from "/storage_suite.js";
      (${leaveWhatAnEarlierProgramLeft})().then(start).catch((error) => { window.broken ??= String(error); });`,
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
