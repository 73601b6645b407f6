// The main job without a mouse: sign in, ask, read, find another case, deal with a failure.

import { Copilot, expect, test } from './harness.js';
import { answerWith, hang, TURNS } from './harness/routes.js';
import { arrived, said } from './harness/stored.js';

/** @param {import('@playwright/test').Page} page */
const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
  });

/**
 * Presses Tab until something of that name has the focus.
 * @param {import('@playwright/test').Page} page
 * @param {string} name
 */
async function tabTo(page, name) {
  for (let n = 0; n < 40; n += 1) {
    await page.keyboard.press('Tab');
    if ((await focused(page)) === name) {
      return;
    }
  }
  throw new Error(`Tab never reached "${name}".`);
}

test('sign-in, question, answer, another case and back, with keys only', async ({ server, chromium }) => {
  const page = await chromium.page();
  const { keyboard } = page;
  await page.goto(server.origin);
  await expect(page.getByRole('textbox', { name: 'Username', exact: true })).toBeFocused();
  await tabTo(page, 'Create an account');
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Create an account' }).waitFor();
  await tabTo(page, 'Username');
  await keyboard.type('mira');
  await keyboard.press('Enter');

  const copilot = new Copilot(page);
  await expect(copilot.composer).toBeFocused();
  await keyboard.type('Checkout answers 503.');
  await keyboard.press('Shift+Enter');
  await keyboard.type('Since 09:10.');
  await keyboard.press('Enter');
  await copilot.answered(1);
  await expect(copilot.composer).toBeFocused();
  expect(await said(server, chromium)).toEqual([['Checkout answers 503.\nSince 09:10.']]);

  await keyboard.press('ControlOrMeta+Shift+O');
  await expect(copilot.mine).toHaveCount(0);
  await expect(copilot.composer).toBeFocused();
  await keyboard.type('Kafka lags.');
  await keyboard.press('Enter');
  await copilot.answered(1);

  await keyboard.press('ControlOrMeta+B');
  await expect(page.getByRole('dialog', { name: 'Cases' })).toBeVisible();
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Cases' })).toHaveCount(0);
  await expect(copilot.message('Checkout answers 503.')).toBeVisible();
  await expect(copilot.composer).toBeFocused();
});

test('J and K move between rows, End goes to the end, Shift+Esc to the composer', async ({ copilot }) => {
  await copilot.say('First.');
  await copilot.answered(1);
  await copilot.say('Second.');
  await copilot.answered(2);
  const { keyboard } = copilot.page;
  await copilot.answers.last().focus();
  await keyboard.press('k');
  await expect(copilot.message('Second.')).toBeFocused();
  await keyboard.press('k');
  await keyboard.press('k');
  await expect(copilot.message('First.')).toBeFocused();
  await keyboard.press('j');
  await expect(copilot.answers.first()).toBeFocused();
  await keyboard.press('Shift+Escape');
  await expect(copilot.composer).toBeFocused();
});

test('a failed message is retried, edited and discarded with R, E and Del', async ({ server, copilot }) => {
  const { keyboard } = copilot.page;
  const fail = async (/** @type {string} */ text) => {
    await server.faults.set([answerWith(TURNS, 501)]);
    await copilot.say(text);
    await copilot.reaches(text, 'failed');
    await server.faults.clear();
    await copilot.message(text).focus();
  };
  await fail('To be retried.');
  await keyboard.press('r');
  await copilot.reaches('To be retried.', 'sent');
  await expect(copilot.composer).toBeFocused();

  await fail('To be edited.');
  await keyboard.press('e');
  await expect(copilot.composer).toHaveValue('To be edited.');
  await expect(copilot.composer).toBeFocused();
  await copilot.composer.fill('');

  await fail('To be discarded.');
  await keyboard.press('Delete');
  await expect(copilot.message('To be discarded.')).toHaveCount(0);
  await expect(copilot.mine.or(copilot.answers).and(copilot.page.locator(':focus')), 'a row has the focus').toHaveCount(1);
});

test('Esc stops the answer that is awaited and never clears text', async ({ server, copilot }) => {
  await server.faults.set([hang(TURNS)]);
  await copilot.say('A long question.');
  await expect.poll(() => arrived(server, TURNS)).toHaveLength(1);
  await copilot.composer.fill('a draft');
  await copilot.page.keyboard.press('Escape');
  await expect(copilot.answers).toContainText('You stopped this answer.');
  await expect(copilot.composer).toHaveValue('a draft');
});

test('Tab goes from the head over the conversation to the composer', async ({ server, copilot }) => {
  await copilot.say('Sent.');
  await copilot.answered(1);
  await server.faults.set([answerWith(TURNS, 501)]);
  await copilot.say('Not sent.');
  await copilot.reaches('Not sent.', 'failed');
  const { page } = copilot;
  const title = await page.getByRole('heading', { level: 1 }).innerText();
  await page.getByRole('button', { name: 'Cases', exact: true }).focus();
  const passed = [await focused(page)];
  while (passed.at(-1) !== 'Send' && passed.length < 40) {
    await page.keyboard.press('Tab');
    passed.push(await focused(page));
  }
  const retry = 'Retry message: Not sent.';
  const stops = ['Cases', title, 'New case', retry, 'Show', 'Retry all', 'Message', 'Attach files', 'Paste log', 'Send'];
  expect(passed.filter((name) => stops.includes(name))).toEqual(stops);
});

test('keys of an input method send nothing', async ({ server, copilot }) => {
  await copilot.composer.fill('にほん');
  await copilot.composer.evaluate((field) => {
    const key = { key: 'Enter', bubbles: true, cancelable: true };
    field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent('keydown', { ...key, isComposing: true, keyCode: 229 }));
    field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: '日本' }));
  });
  await expect(copilot.composer).toHaveValue('にほん');
  await expect(copilot.mine).toHaveCount(0);
  await copilot.composer.press('Enter');
  await copilot.answered(1);
  await expect.poll(() => arrived(server, TURNS)).toHaveLength(1);
});
