// Signing in on a server's own page from the extension: the browser opens that page in a window and brings back its answer.

import { expect, test as base, words } from './harness.js';
import { Dashboard } from './harness/dashboard.js';
import { answering, Extension } from './harness/extension.js';

/**
 * @typedef {object} Fixtures
 * @property {import('./harness/server.js').Server} server
 * @property {Dashboard} dashboard A server that signs in on its own page.
 * @property {Extension} extension As it is installed: nothing was agreed to yet.
 */

/** @type {import('@playwright/test').TestType<import('@playwright/test').PlaywrightTestArgs & Fixtures, {}>} */
const test = base.extend({
  dashboard: async ({ server }, use) => {
    const dashboard = await Dashboard.start(server);
    await use(dashboard);
    dashboard.dispose();
  },
  extension: async ({}, use) => {
    const extension = await Extension.start({ agreed: false });
    await use(extension);
    await extension.dispose();
    expect(extension.complaints, 'a page of the extension complained').toEqual([]);
  },
});

/**
 * Presses "Sign in" and returns the window with the server's page.
 * @param {Extension} extension
 * @param {import('./harness/copilot.js').Copilot} panel
 */
async function visit(extension, panel) {
  const opening = extension.chromium.context.waitForEvent('page');
  await panel.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  const page = await opening;
  await expect(page.getByRole('heading', { name: 'Let FaultMaven Copilot in?' })).toBeVisible();
  return page;
}

test('a server with a sign-in page of its own: the page opens in a window, and its yes or no comes back', async ({
  dashboard,
  extension,
}) => {
  const panel = await extension.panel();
  const asked = await answering(panel, () => true);
  await panel.page.getByRole('textbox', { name: 'Server address', exact: true }).fill(dashboard.origin);
  // Nothing is typed here that is asked for there.
  await expect(panel.page.getByRole('textbox')).toHaveCount(1);

  const refused = await visit(extension, panel);
  await refused.getByRole('link', { name: 'Refuse' }).click();
  await expect(panel.page.getByRole('alert')).toContainText(words('The sign-in was not approved.'));

  // All in one question: a press does not last until a slow server has answered.
  expect(asked).toEqual([{ origins: ['http://127.0.0.1/*'], permissions: ['identity'] }]);

  const approved = await visit(extension, panel);
  await approved.getByRole('link', { name: 'Approve' }).click();
  await expect(panel.composer).toBeVisible();
  await panel.say('Checkout answers 503.');
  await panel.answered(1);
  await panel.page.reload();
  await expect(panel.message('Checkout answers 503.')).toHaveCount(1);
});
