// The panel as an unpacked extension of Chromium, with its policy, talking to a server of another origin.

import http from 'node:http';
import { expect, test as base, words } from './harness.js';
import { answering, Extension, manifest } from './harness/extension.js';
import { enter } from './harness/first-frame.js';
import { TURNS } from './harness/routes.js';
import { Server } from './harness/server.js';
import { carriedOut, said } from './harness/stored.js';

const TEXT = 'Checkout answers 503 since 09:10.';

/** A page with an error at its end, and with everything that must never be read. */
const PAGE = `<!doctype html><title>Checkout overview</title>
<style>.gone { display: none }</style>
<h1>Checkout</h1><p>Requests per second: 412</p>
<form><input type="password" value="hunter22-typed"><input autocomplete="cc-number" value="4111 1111 1111 1111">
<textarea>typed by hand</textarea><div contenteditable>also typed</div><span autocomplete="cc-csc">737</span></form>
<p class="gone">Not on screen</p><script>var inScript = 1</script>
<pre>09:10:02 INFO  ready
09:10:07 ERROR pool exhausted
    at Pool.acquire (pool.js:14)
09:10:08 INFO  token=abcdef1234567890</pre>`;

/**
 * @typedef {object} Fixtures
 * @property {Server} server
 * @property {Extension} extension An extension whose every permission was agreed to.
 * @property {import('./harness/copilot.js').Copilot} copilot Its panel, signed in.
 * @property {string} site The address of a page to capture.
 */

/** @type {import('@playwright/test').TestType<import('@playwright/test').PlaywrightTestArgs & Fixtures, {}>} */
const test = base.extend({
  extension: async ({}, use) => {
    const extension = await Extension.start();
    await use(extension);
    await extension.dispose();
    expect(extension.complaints, 'a page of the extension complained').toEqual([]);
  },
  copilot: async ({ extension, server }, use) => {
    const panel = await extension.panel();
    await extension.signIn(panel, server);
    await use(panel);
  },
  site: async ({}, use) => {
    const site = http.createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(PAGE));
    await new Promise((resolve) => site.listen(0, '127.0.0.1', () => resolve(undefined)));
    const { port } = /** @type {import('node:net').AddressInfo} */ (site.address());
    await use(`http://127.0.0.1:${port}/checkout?token=abcdef1234567890`);
    site.closeAllConnections();
    site.close();
  },
});

/** @param {import('./harness/copilot.js').Copilot} panel */
const captureButton = (panel) => panel.page.getByRole('button', { name: 'Capture page', exact: true });

/** @param {import('./harness/copilot.js').Copilot} panel */
const chips = (panel) => panel.page.getByRole('list', { name: 'Attachments' }).getByRole('listitem');

/**
 * Shows a page beside the panel. A panel of its own window would not cover it; here it is a tab.
 * @param {Extension} extension
 * @param {string} address
 */
async function beside(extension, address) {
  const page = await extension.chromium.context.newPage();
  await page.goto(address);
  await page.bringToFront();
  return page;
}

base('the built extension asks for no more than it needs', () => {
  const { permissions, host_permissions, content_scripts, optional_permissions, content_security_policy } = manifest();
  expect(permissions).toEqual(['sidePanel', 'storage']);
  expect(host_permissions ?? content_scripts).toBeUndefined();
  expect(optional_permissions).toEqual(['activeTab', 'identity', 'scripting']);
  expect(content_security_policy.extension_pages).toContain("script-src 'self' 'wasm-unsafe-eval';");
});

test('the first message is painted in the first frame, is answered, and is there after a reload', async ({
  server,
  extension,
  copilot,
}) => {
  await copilot.composer.fill(TEXT);
  expect(await enter(copilot, TEXT)).toMatchObject({ message: true, state: 'echoed', composer: '', focused: true });
  await copilot.answered(1);
  await copilot.reaches(TEXT, 'sent');
  expect(await said(server, extension.chromium)).toEqual([[TEXT]]);

  await copilot.page.reload();
  await expect(copilot.message(TEXT)).toHaveCount(1);
  await copilot.answered(1);
});

test('a captured page goes along as evidence: errors first, secrets hidden, nothing that was typed', async ({
  server,
  extension,
  copilot,
  site,
}) => {
  await beside(extension, site);
  await captureButton(copilot).click();
  await expect(chips(copilot)).toHaveCount(1);
  await expect(chips(copilot)).toContainText('Checkout overview');
  await expect(chips(copilot)).toContainText('1 secret hidden');

  await copilot.composer.fill(TEXT);
  const leaving = copilot.page.waitForRequest(/\/turns$/);
  await copilot.composer.press('Enter');
  const form = (await leaving).postDataBuffer()?.toString() ?? '';
  const [, pasted] = /name="pasted_content"\r\n(?:[^\r\n]+\r\n)*\r\n([^]*?)\r\n--/.exec(form) ?? [];
  expect(pasted).toBe(
    [
      'Checkout overview',
      '',
      '09:10:07 ERROR pool exhausted',
      '    at Pool.acquire (pool.js:14)',
      '',
      'Checkout',
      'Requests per second: 412',
      '09:10:02 INFO  ready',
      '09:10:08 INFO  token=[redacted]',
    ].join('\n'),
  );
  expect(form).toContain('page_capture');
  expect(form).toContain(`${site.split('=')[0]}=[redacted]`);
  await copilot.answered(1);
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(1);
});

test('what cannot be captured is said, and what is written stays', async ({ extension, copilot }) => {
  await copilot.composer.fill(TEXT);
  await beside(extension, 'chrome://version');
  await captureButton(copilot).click();
  await expect(copilot.dock).toContainText(words('The browser keeps this page closed to extensions.'));
  await copilot.page.bringToFront();
  await captureButton(copilot).click();
  await expect(copilot.dock).toContainText(words('FaultMaven itself is in front.'));
  await expect(copilot.composer).toHaveValue(TEXT);
  await expect(chips(copilot)).toHaveCount(0);
});

test('permissions are asked for when they are needed, and a "no" is explained', async ({ server, site }) => {
  const extension = await Extension.start({ agreed: false });
  try {
    const panel = await extension.panel();
    let agrees = false;
    const asked = await answering(panel, ({ permissions }) => permissions !== undefined || agrees);
    const address = panel.page.getByRole('textbox', { name: 'Server address', exact: true });
    await address.fill(server.url);
    const signIn = panel.page.getByRole('button', { name: 'Sign in', exact: true });
    await signIn.click();
    await expect(address).toHaveAccessibleDescription(words('The browser was not allowed to reach this server.'));
    expect(asked).toEqual([{ origins: ['http://127.0.0.1/*'] }]);

    agrees = true;
    await signIn.click();
    await expect(panel.composer).toBeVisible();

    agrees = false;
    asked.length = 0;
    await beside(extension, site);
    await captureButton(panel).click();
    await expect(panel.dock).toContainText(words('FaultMaven may not read this page.'));
    expect(asked).toEqual([
      { permissions: ['scripting', 'activeTab'] },
      { origins: ['http://*/*', 'https://*/*'] },
    ]);
  } finally {
    await extension.dispose();
  }
  expect(extension.complaints).toEqual([]);
});

test('three panels and a service worker that is stopped: all show the same, each message is sent once', async ({
  server,
  extension,
  copilot,
}) => {
  await copilot.say(TEXT);
  await copilot.answered(1);
  const panels = [copilot, await extension.panel(), await extension.panel()];
  await extension.stopWorker(copilot);
  const texts = panels.map((_, n) => `Seen from window ${n}.`);
  for (const panel of panels) {
    await expect(panel.message(TEXT)).toHaveCount(1);
  }
  await Promise.all(panels.map((panel, n) => panel.say(texts[n])));
  for (const panel of panels) {
    for (const text of texts) {
      await expect(panel.message(text)).toHaveCount(1);
      await panel.reaches(text, 'sent');
    }
  }
  expect((await said(server, extension.chromium)).flat().toSorted()).toEqual([TEXT, ...texts].toSorted());
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(4);
  // The icon still opens the panel.
  const behavior = await copilot.page.evaluate(() => /** @type {any} */ (globalThis).chrome.sidePanel.getPanelBehavior());
  expect(behavior).toEqual({ openPanelOnActionClick: true });
});

test('the options page is the settings', async ({ extension, copilot }) => {
  const { page } = copilot;
  // A tab with the panel would be taken for the options page, which differs in what stands behind the `#`.
  await page.goto('about:blank');
  const worker = await extension.worker();
  await worker.evaluate(() => /** @type {any} */ (globalThis).chrome.runtime.openOptionsPage());
  const address = `${extension.origin}/index.html#/settings`;
  const options = () => extension.chromium.context.pages().find((page) => page.url() === address);
  await expect.poll(() => options()?.url()).toBe(address);
  const settings = /** @type {import('@playwright/test').Page} */ (options());
  await expect(settings.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
  await settings.getByRole('button', { name: 'Back', exact: true }).click();
  await expect(settings.getByRole('textbox', { name: 'Message', exact: true })).toBeVisible();
});

test('an address leads into its case, in a new panel and in an open one', async ({ server, extension, copilot }) => {
  await copilot.say(TEXT);
  await copilot.answered(1);
  await copilot.newCase();
  await copilot.say('Another one.');
  await copilot.answered(1);
  const answer = await fetch(`${server.origin}/api/v1/cases?limit=10&offset=0`, {
    headers: { authorization: extension.chromium.authorization },
  });
  const { cases } = await answer.json();
  const first = cases.toSorted((/** @type {any} */ a, /** @type {any} */ b) => a.created_at.localeCompare(b.created_at))[0];

  const panel = await extension.panel(`/case/${first.case_id}`);
  await expect(panel.message(TEXT)).toHaveCount(1);
  await copilot.page.evaluate((id) => {
    location.hash = `#/case/${id}`;
  }, first.case_id);
  await expect(copilot.message(TEXT)).toHaveCount(1);
});

test('what the earlier extension left is offered once, added on request and left where it was', async ({
  server,
  extension,
}) => {
  const EARLIER = {
    conversationTitles: { 'case-kafka': 'Consumer lag in billing' },
    conversations: {
      'case-kafka': [
        { id: 'm-1', question: 'Why does the lag grow?', timestamp: '2026-03-02T09:10:00.000Z', turn_number: 1 },
        { id: 'm-2', response: 'One partition has no consumer.', timestamp: '2026-03-02T09:10:20.000Z', turn_number: 1 },
      ],
    },
    pendingOperations: {},
    idMappings: { optimisticToReal: {}, realToOptimistic: {} },
    pinnedCases: ['case-kafka'],
  };
  const worker = await extension.worker();
  await worker.evaluate((data) => /** @type {any} */ (globalThis).chrome.storage.local.set(data), EARLIER);

  const panel = await extension.panel();
  await extension.signIn(panel, server);
  const offer = panel.page.getByRole('note').filter({ hasText: 'Conversations of the earlier extension' });
  await offer.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(offer).toContainText('Imported 1 case, 2 messages');
  await offer.getByRole('button', { name: 'Dismiss', exact: true }).click();
  await expect(offer).toHaveCount(0);
  await panel.openCases();
  const row = panel.page.getByRole('button', { name: /^Consumer lag in billing/ });
  await row.click();
  await expect(panel.message('Why does the lag grow?')).toHaveCount(1);

  await panel.page.reload();
  await expect(panel.message('Why does the lag grow?')).toHaveCount(1);
  await expect(offer).toHaveCount(0);
  const kept = await panel.page.evaluate(() => /** @type {any} */ (globalThis).chrome.storage.local.get(null));
  expect(kept).toEqual(EARLIER);
});
