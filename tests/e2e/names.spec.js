// The names and marks that tests outside of this project rely on (ux §12), in one place: where something else is the point,
// other files use them too.

import { expect, test } from './harness.js';
import { answerWith, TURNS } from './harness/routes.js';
import { spoken } from './harness/spoken.js';

/**
 * @param {import('@playwright/test').Page | import('@playwright/test').Locator} where
 * @param {Parameters<import('@playwright/test').Page['getByRole']>[0]} role
 * @param {string[]} names
 */
async function each(where, role, names) {
  for (const name of names) {
    await expect(where.getByRole(role, { name, exact: true }), `${role} "${name}"`).toHaveCount(1);
  }
}

test('a narrow panel has its names before and after the first message', async ({ copilot }) => {
  const { page } = copilot;
  await each(page, 'textbox', ['Message']);
  await each(page, 'button', ['Send', 'Attach files', 'Paste log', 'Cases', 'Settings']);
  await copilot.say('Checkout is slow.');
  await copilot.answered(1);
  await each(page, 'log', ['Conversation']);
  await each(page, 'button', ['Details', 'New case', 'Copy message: Checkout is slow.']);
  await copilot.openCases();
  const drawer = page.getByRole('dialog', { name: 'Cases', exact: true });
  await each(drawer, 'navigation', ['Cases']);
  await each(drawer, 'searchbox', ['Search cases']);
  await each(drawer, 'button', ['New case', 'Settings', 'Sync inspector']);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Details', exact: true }).click();
  await each(page, 'dialog', ['Case details']);
});

test('rows, cases and the panel carry their marks', async ({ server, copilot }) => {
  await copilot.widen();
  await copilot.say('Checkout is slow.');
  await copilot.answered(1);
  await copilot.reaches('Checkout is slow.', 'sent');
  for (const row of [copilot.mine, copilot.answers]) {
    await expect(row).toHaveAttribute('data-key', /\S/);
  }
  await expect(copilot.root).toHaveAttribute('data-link', 'online');
  await expect(copilot.root).toHaveAttribute('data-role-in-profile', 'sender');
  await expect(copilot.currentCase).toHaveAttribute('data-badge', 'none');
  await server.faults.set([answerWith(TURNS, 501)]);
  await copilot.say('And now?');
  await copilot.reaches('And now?', 'failed');
  await expect(copilot.currentCase).toHaveAttribute('data-badge', 'not-sent');
  const actions = copilot.message('And now?').getByRole('group', { name: 'Actions for the unsent message' });
  await each(actions, 'button', ['Retry', 'Edit', 'Copy', 'Discard'].map((word) => `${word} message: And now?`));
  await each(copilot.dock, 'button', ['Retry all']);
  await server.faults.clear();
  await copilot.action('Discard', 'And now?').click();

  await copilot.page.getByRole('button', { name: /^Status:/ }).click();
  await copilot.page.getByRole('menuitem', { name: 'Close case' }).click();
  await copilot.page.getByRole('menuitem', { name: 'Close', exact: true }).click();
  await expect(copilot.conversation.locator('article[data-role="system"]')).toContainText('Case closed');
});

test('sign-in has its names, and a server that signs in on its own page asks for no name here', async ({ server, chromium }) => {
  const page = await chromium.page();
  await page.goto(server.origin);
  await each(page, 'textbox', ['Server address', 'Username', 'Password']);
  await each(page, 'button', ['Sign in']);
  const config = { auth_mode: 'oauth', supports_registration: false, oauth: { client_id: 'copilot', scopes: ['openid'] } };
  await server.faults.set([answerWith({ method: 'GET', path: '/api/v1/auth/config' }, 200, { body: config })]);
  await page.reload();
  await expect(page.getByText('This server signs you in on a page of its own.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Username', exact: true })).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: 'Password', exact: true })).toHaveCount(0);
  await each(page, 'button', ['Sign in']);
});

const hidden = spoken('The log says `user=app` and password=[redacted], then token [redacted].');

hidden('an answer in which secrets were hidden says how many, and where they stood', async ({ copilot }) => {
  await copilot.say('What is in the log?');
  await copilot.answered(1);
  await expect(copilot.answers.getByText('2 secrets hidden', { exact: true })).toBeVisible();
  await expect(copilot.answers.getByTitle('A secret stood here. It was hidden before the text was shown.')).toHaveText([
    '[redacted]',
    '[redacted]',
  ]);
  await expect(copilot.mine).not.toContainText('hidden');
});
