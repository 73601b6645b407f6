// The installed page: opens without its server, with everything that was there, and changes its version when it is told to.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Chromium } from './harness/chromium.js';
import { Copilot, expect, test as base } from './harness.js';
import { bundle, freshFolder, removeFolder } from './harness/environment.js';
import { Server } from './harness/server.js';
import { said } from './harness/stored.js';

const FIRST = 'Checkout answers 503 since 09:10.';
const SECOND = 'Disk of db-2 is full.';
const OFFLINE = 'Written on the train.';

/** @type {import('@playwright/test').TestType<import('@playwright/test').PlaywrightTestArgs & { server: Server, chromium: Chromium, files: string }, {}>} */
const test = base.extend({
  // A copy of the bundle, so that a newer version can be put in its place.
  files: async ({}, use) => {
    const folder = freshFolder('bundle');
    fs.cpSync(bundle, folder, { recursive: true });
    await use(folder);
    removeFolder(folder);
  },
  server: async ({ files }, use) => {
    const server = await Server.start('', files);
    await use(server);
    await server.dispose();
  },
  chromium: async ({}, use) => {
    const chromium = await Chromium.start({ serviceWorkers: 'allow' });
    await use(chromium);
    await chromium.dispose();
  },
});

/**
 * Waits until a page is signed in and its service worker has everything it needs: the token in the first address works
 * once, and a page that is reloaded while it is being exchanged has to ask for a name.
 * @param {import('@playwright/test').Page} page
 */
async function installed(page) {
  await expect(new Copilot(page).composer).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready);
}

/** @param {import('@playwright/test').Page} page */
function keptAddresses(page) {
  return page.evaluate(async () => {
    const caches = await globalThis.caches.keys();
    const keys = await Promise.all(caches.map(async (name) => (await globalThis.caches.open(name)).keys()));
    return keys.flat().map(({ url }) => new URL(url).pathname);
  });
}

test('without its server the installed page opens, shows every case and takes messages, which are sent later', async ({
  server,
  chromium,
}) => {
  let page = await chromium.page();
  await page.goto(server.url);
  let copilot = new Copilot(page);
  await copilot.say(FIRST);
  await copilot.answered(1);
  await copilot.newCase();
  await copilot.say(SECOND);
  await copilot.answered(1);
  await installed(page);

  await server.kill();
  await chromium.restart();
  await chromium.context.setOffline(true);
  page = await chromium.page();
  await page.goto(server.origin);
  copilot = new Copilot(page);
  await copilot.widen();
  await expect(copilot.caseRows).toHaveCount(2);
  await expect(copilot.message(SECOND)).toHaveCount(1);
  await copilot.answered(1);
  await copilot.caseRows.last().getByRole('button').first().click();
  await expect(copilot.message(FIRST)).toHaveCount(1);
  await copilot.say(OFFLINE);
  await copilot.reaches(OFFLINE, 'waiting-offline');
  await page.reload();
  await copilot.reaches(OFFLINE, 'waiting-offline');

  await server.restart();
  await chromium.context.setOffline(false);
  await copilot.reaches(OFFLINE, 'sent');
  expect((await said(server, chromium)).map((all) => all.toSorted()).toSorted()).toEqual([[FIRST, OFFLINE].toSorted(), [SECOND]].toSorted());
});

test('only files of the program are kept, and never an answer of the server', async ({ server, chromium }) => {
  const page = await chromium.page();
  await page.goto(server.url);
  const copilot = new Copilot(page);
  await installed(page);
  await page.reload();
  await copilot.say(FIRST);
  await copilot.answered(1);
  const kept = await keptAddresses(page);
  expect(kept).toContain('/index.html');
  expect(kept).toContain('/copilot_web_bg.wasm');
  for (const address of kept) {
    expect(fs.existsSync(path.join(bundle, address)), address).toBe(true);
  }
});

test('a newer version waits for the person, and takes over when told to', async ({ server, chromium, files }) => {
  const page = await chromium.page();
  await page.goto(server.url);
  const copilot = new Copilot(page);
  await installed(page);
  // From its second start on the page comes from the service worker.
  await page.reload();
  await expect(copilot.composer).toBeVisible();

  // The next version: another style sheet, and the list that names it.
  fs.appendFileSync(path.join(files, 'boot.css'), ':root { --boot-version: next; }\n');
  // Compressed copies of what they were before would be handed out in their place.
  const outdated = (/** @type {string} */ file) => ['gz', 'br'].forEach((suffix) => fs.rmSync(`${file}.${suffix}`, { force: true }));
  outdated(path.join(files, 'boot.css'));
  const script = path.join(files, 'service-worker.js');
  const hash = createHash('sha256').update(fs.readFileSync(path.join(files, 'boot.css'))).digest('base64');
  const text = fs.readFileSync(script, 'utf8');
  fs.writeFileSync(script, text.replace(/"boot\.css":"[^"]+"/, `"boot.css":"sha256-${hash}"`));
  outdated(script);

  const version = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--boot-version'));
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await expect(copilot.dock).toContainText('A new version is ready.');
  await page.reload();
  await expect(copilot.dock).toContainText('A new version is ready.');
  expect(await version()).toBe('');

  await copilot.composer.fill('A draft that must not be lost.');
  await copilot.dock.getByRole('button', { name: 'Reload', exact: true }).click();
  await expect.poll(() => version().catch(() => '')).toBe('next');
  await expect(copilot.composer).toHaveValue('A draft that must not be lost.');
  await expect(copilot.dock).not.toContainText('A new version is ready.');
});

test('browsers can install it: the manifest is valid and its icons are there', async ({ server, chromium }) => {
  const page = await chromium.page();
  await page.goto(server.url);
  const session = await chromium.context.newCDPSession(page);
  const { errors, data } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data ?? '{}');
  expect(manifest.display).toBe('standalone');
  for (const { src, type } of manifest.icons) {
    const icon = await fetch(`${server.origin}/${src}`);
    expect([icon.status, icon.headers.get('content-type')], src).toEqual([200, type]);
  }
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // A profile of tests counts as a private window to some versions; nothing else may stand in the way.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
});
