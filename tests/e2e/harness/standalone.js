// The page without its server, as a browser extension has it: files come from the bundle, only the API is remote.

import fs from 'node:fs';
import path from 'node:path';
import { bundle } from './environment.js';

/** @type {Record<string, string>} */
const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/**
 * From now on the browser gets the page itself from the bundle, whether the server runs or not.
 * @param {import('./chromium.js').Chromium} chromium
 * @param {import('./server.js').Server} server
 */
export async function standalone(chromium, server) {
  await chromium.context.route(
    (url) => url.origin === server.origin && fileOf(url) !== undefined,
    async (route) => {
      const file = /** @type {string} */ (fileOf(new URL(route.request().url())));
      await route.fulfill({ path: file, contentType: TYPES[path.extname(file)] });
    },
  );
}

/** @param {URL} url */
function fileOf({ pathname }) {
  const file = path.join(bundle, pathname === '/' ? 'index.html' : pathname);
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}
