// Coming in and going out: the one-time link, names, an account that must prove itself again with work in its queue.

import { Chromium } from './harness/chromium.js';
import { Copilot, expect, test, words } from './harness.js';
import { answerWith, hang, LINK, REFRESH, TURNS } from './harness/routes.js';
import { arrived, carriedOut, said, stored } from './harness/stored.js';

/** What the contract answers when the access token is refused. */
const NO_TOKEN = { headers: { 'www-authenticate': 'Bearer' }, body: { detail: 'This access token is no longer valid.' } };

/** @param {import('@playwright/test').Page} page */
const form = (page) => ({
  server: page.getByRole('textbox', { name: 'Server address', exact: true }),
  username: page.getByRole('textbox', { name: 'Username', exact: true }),
  password: page.getByRole('textbox', { name: 'Password', exact: true }),
  signIn: page.getByRole('button', { name: 'Sign in', exact: true }),
  create: page.getByRole('button', { name: 'Create an account', exact: true }),
});

/**
 * Makes an account on the sign-in screen and returns the panel.
 * @param {import('@playwright/test').Page} page
 * @param {string} name
 */
async function register(page, name) {
  const { username, create } = form(page);
  await create.click();
  await username.fill(name);
  await create.click();
  const copilot = new Copilot(page);
  await expect(copilot.composer).toBeVisible();
  return copilot;
}

/** @param {Copilot} copilot */
async function signOut(copilot) {
  await copilot.openCases();
  await copilot.page.getByRole('dialog', { name: 'Cases' }).getByRole('button', { name: 'Settings', exact: true }).click();
  await copilot.page.getByRole('button', { name: 'Sign out', exact: true }).click();
}

test('the link signs in, and the address bar forgets it', async ({ server, copilot }) => {
  await expect(copilot.composer).toBeFocused();
  expect(copilot.page.url()).toBe(`${server.origin}/`);
});

for (const { name, commit } of [
  { name: 'before the server has used it', commit: false },
  { name: 'when the server has used it', commit: true },
]) {
  test(`a page that is reloaded while its link is exchanged, ${name}, is signed in`, async ({ server, chromium }) => {
    await server.faults.set([{ ...hang(LINK, { commit }), when: { count: 1 } }]);
    const page = await chromium.page();
    await page.goto(server.url);
    await expect.poll(async () => (await arrived(server, LINK)).filter((entry) => entry.committed === commit)).toHaveLength(1);
    await page.reload();
    await expect(new Copilot(page).composer).toBeVisible();
    expect(await page.evaluate(() => sessionStorage.length), 'nothing of the link is kept').toBe(0);
  });
}

test('a link that was used before is explained, with the form below', async ({ server, copilot }) => {
  await expect(copilot.composer).toBeVisible();
  const elsewhere = await Chromium.start();
  try {
    const page = await elsewhere.page();
    await page.goto(server.url);
    await expect(page.getByRole('alert')).toContainText('This sign-in link was used before or has expired.');
    await expect(form(page).server).toHaveValue(server.origin);
    await expect(form(page).signIn).toBeEnabled();
  } finally {
    await elsewhere.dispose();
  }
});

for (const [name, query] of [
  ['a made-up link', `?token=${'0'.repeat(64)}`],
  ['a mutilated link', '?token=%00%ff'],
]) {
  test(`${name} is explained, with the form below`, async ({ server, chromium }) => {
    const page = await chromium.page();
    await page.goto(`${server.origin}/${query}`);
    await expect(page.getByRole('alert')).toContainText('This sign-in link was used before or has expired.');
    await expect(form(page).signIn).toBeEnabled();
  });
}

test('a used link opens the account that is signed in here', async ({ server, copilot }) => {
  await copilot.say('Is the cache warm?');
  await copilot.answered(1);
  await copilot.page.goto(server.url);
  await expect(copilot.message('Is the cache warm?')).toHaveCount(1);
});

test('without a link there is the form, with the address tried', async ({ server, chromium }) => {
  const page = await chromium.page();
  await page.goto(server.origin);
  const { server: address, username, password } = form(page);
  await expect(address).toHaveValue(server.origin);
  await expect(page.getByText(/^Reachable · contract 2\.0 · \d+ ms$/)).toBeVisible();
  await expect(username).toBeFocused();
  await expect(password).toBeVisible();
});

test('what is wrong stands under the field it belongs to', async ({ server, chromium }) => {
  const page = await chromium.page();
  await page.goto(server.origin);
  const { server: address, username, signIn } = form(page);
  await signIn.click();
  await expect(username).toHaveAccessibleDescription(/\S/);
  await username.fill('nobody.here');
  await signIn.click();
  await expect(username).toHaveAccessibleDescription('The server knows no account of this name. Check it, or create an account.');
  await expect(username).toHaveAttribute('aria-invalid', 'true');
  await expect(username).toHaveValue('nobody.here');

  await address.fill(server.origin.replace(/\d+$/, '1'));
  await expect(address).toHaveAccessibleDescription(words("Can't reach this address"));
  await address.fill('not an address');
  await signIn.click();
  await expect(address).toHaveAccessibleDescription(/\S/);
  await expect(signIn).toBeEnabled();
});

test('a name makes an account, is taken afterwards, and signs in again', async ({ server, chromium }) => {
  const page = await chromium.page();
  await page.goto(server.origin);
  const copilot = await register(page, 'mira');
  await copilot.say('My first case.');
  await copilot.answered(1);

  await signOut(copilot);
  const { username, signIn, create } = form(page);
  await create.click();
  await username.fill('mira');
  await create.click();
  await expect(username).toHaveAccessibleDescription(words('Somebody has this name already. Choose another, or sign in with it.'));
  await page.getByRole('button', { name: 'Sign in to an existing account' }).click();
  await signIn.click();
  await expect(copilot.message('My first case.')).toHaveCount(1);
});

test('unsent work stays on the device, opens only for its account and is sent then', async ({ server, chromium }) => {
  const page = await chromium.page();
  await page.goto(server.origin);
  const copilot = await register(page, 'mira');
  await server.faults.set([answerWith(TURNS, 422)]);
  await copilot.say('Only for my eyes.');
  await copilot.reaches('Only for my eyes.', 'failed-needs-change');
  await signOut(copilot);
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText(words("1 message isn't sent. It stays on this device and opens only for this account."));
  await question.getByRole('button', { name: 'Keep and sign out' }).click();
  await server.faults.clear();

  const other = await register(page, 'someone.else');
  await expect(other.mine).toHaveCount(0);
  await other.openCases();
  await expect(other.caseRows).toHaveCount(0);
  await page.keyboard.press('Escape');
  await signOut(other);

  const { username, signIn } = form(page);
  await username.fill('mira');
  await signIn.click();
  await copilot.action('Edit', 'Only for my eyes.').click();
  await copilot.composer.press('Enter');
  await copilot.answered(1);
  expect(await said(server, chromium)).toEqual([['Only for my eyes.']]);
});

test('an account that must sign in again keeps its queue, and signing in continues it', async ({ server, chromium }) => {
  const page = await chromium.page();
  await page.goto(server.origin);
  const copilot = await register(page, 'mira');
  await copilot.say('Before.');
  await copilot.answered(1);
  await server.faults.set([answerWith(TURNS, 401, NO_TOKEN), answerWith(REFRESH, 401, NO_TOKEN)]);
  await copilot.say('First in the queue.');
  await copilot.reaches('First in the queue.', 'waiting-sign-in');
  await copilot.say('Second in the queue.');
  await copilot.reaches('Second in the queue.', 'waiting-sign-in');
  await expect(copilot.message('Second in the queue.')).toContainText('Waiting for sign-in');
  await expect(copilot.dock).toContainText('Signed out. 2 kept.');
  await expect(copilot.message('Before.'), 'everything stays readable').toBeVisible();

  await page.reload();
  await copilot.reaches('Second in the queue.', 'waiting-sign-in');
  await copilot.dock.getByRole('button', { name: 'Sign in to send' }).click();
  const again = page.getByRole('dialog', { name: 'Sign in again' });
  await expect(again.getByRole('textbox', { name: 'Password' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(again).toHaveCount(0);
  await expect(copilot.composer).toBeFocused();
  await server.faults.clear();
  await copilot.dock.getByRole('button', { name: 'Sign in to send' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign in', exact: true }).click();
  await copilot.answered(3);
  await expect(copilot.dock).not.toContainText('Signed out');
  expect(await said(server, chromium)).toEqual([['Before.', 'First in the queue.', 'Second in the queue.']]);
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(3);
});

test('the link of a new start continues the queue of the account that the first link opened', async ({
  server,
  chromium,
  copilot,
}) => {
  await server.faults.set([answerWith(TURNS, 401, NO_TOKEN), answerWith(REFRESH, 401, NO_TOKEN)]);
  await copilot.say('Still to be sent.');
  await copilot.reaches('Still to be sent.', 'waiting-sign-in');
  await server.restart();
  await copilot.page.goto(server.url);
  await copilot.answered(1);
  expect(await said(server, chromium)).toEqual([['Still to be sent.']]);
});

for (const { name, answer } of [
  { name: 'a token that ran out is renewed', answer: answerWith(TURNS, 401, { ...NO_TOKEN, count: 1 }) },
  {
    name: 'a session that ran out is opened anew',
    answer: answerWith(TURNS, 401, { body: { detail: 'This session is over', code: 'SESSION_EXPIRED' }, count: 1 }),
  },
]) {
  test(`${name} without a word, and the message goes out once`, async ({ server, chromium, copilot }) => {
    await server.faults.set([answer]);
    await copilot.say('Nobody notices.');
    await copilot.answered(1);
    await copilot.reaches('Nobody notices.', 'sent');
    await expect(copilot.dock).not.toContainText('Signed out');
    const [{ said: messages, answers }] = await stored(server, chromium);
    expect({ messages, answers }).toEqual({ messages: ['Nobody notices.'], answers: 1 });
  });
}

test('who cannot connect is told what to look at, and can try the address again from there', async ({ server, chromium }) => {
  const page = await chromium.page();
  await page.goto(server.origin);
  await expect(page.getByText(/^Reachable/)).toBeVisible();
  const ask = page.getByRole('button', { name: 'Trouble connecting?', exact: true });
  const help = page.getByRole('region', { name: 'Trouble connecting?' });
  await expect(ask).toHaveAttribute('aria-expanded', 'false');
  await expect(help).toBeHidden();
  await ask.focus();
  await page.keyboard.press('Enter');
  await expect(ask).toHaveAttribute('aria-expanded', 'true');
  for (const what of ['Is the address right?', 'Is the server running?', 'Does this network let you through?', 'Does the browser trust the server?']) {
    await expect(help).toContainText(what);
  }
  await expect(help, 'a page needs nobody’s leave').not.toContainText('May this panel reach the server?');
  await chromium.context.setOffline(true);
  await help.getByRole('button', { name: 'Check again', exact: true }).click();
  await expect(page.getByText(words("Can't reach this address"))).toBeVisible();
  await chromium.context.setOffline(false);
  await help.getByRole('button', { name: 'Check again', exact: true }).click();
  await expect(page.getByText(/^Reachable/)).toBeVisible();
  await ask.click();
  await expect(help).toBeHidden();
});
