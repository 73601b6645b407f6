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

test('keys of an input method send nothing, stop nothing and open nothing', async ({ server, copilot }) => {
  await copilot.composer.fill('にほん');
  await copilot.composer.evaluate((field) => {
    const key = { key: 'Enter', bubbles: true, cancelable: true };
    field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent('keydown', { ...key, isComposing: true, keyCode: 229 }));
    field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: '日本' }));
  });
  await copilot.composer.evaluate((field) => {
    for (const [key, ctrlKey] of /** @type {const} */ ([['Escape', false], ['ArrowUp', false], ['k', true], ['/', true]])) {
      const event = { key, ctrlKey, bubbles: true, cancelable: true, isComposing: true, keyCode: 229 };
      field.dispatchEvent(new KeyboardEvent('keydown', event));
    }
  });
  await expect(copilot.composer).toHaveValue('にほん');
  await expect(copilot.mine).toHaveCount(0);
  await expect(copilot.page.getByRole('dialog')).toHaveCount(0);
  await copilot.composer.press('Enter');
  await copilot.answered(1);
  await expect.poll(() => arrived(server, TURNS)).toHaveLength(1);
});

test('single keys act on rows only, and only while they are switched on; the other keys of a row go on working', async ({
  server,
  copilot,
}) => {
  const { page } = copilot;
  const { keyboard } = page;
  await copilot.widen();
  await copilot.say('Answered.');
  await copilot.answered(1);
  await server.faults.set([answerWith(TURNS, 501)]);
  await copilot.say('Not sent.');
  await copilot.reaches('Not sent.', 'failed');
  await copilot.composer.fill('jkrecp?/');
  await expect(copilot.composer, 'in text they are text').toHaveValue('jkrecp?/');
  await copilot.composer.press('/');
  await expect(copilot.composer).toHaveValue('jkrecp?//');

  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('switch', { name: /^Single keys/ }).click();
  await keyboard.press('Escape');
  const row = copilot.message('Not sent.');
  await row.focus();
  for (const key of ['r', 'e', 'c', 'j', 'k', '/', '?']) {
    await keyboard.press(key);
  }
  await expect(row).toBeFocused();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await copilot.currentCase.getByRole('button').first().focus();
  await keyboard.press('p');
  await expect(copilot.list.getByRole('list', { name: 'Pinned' })).toHaveCount(0);
  await row.focus();
  await keyboard.press('ArrowUp');
  await expect(copilot.answers).toBeFocused();
  await keyboard.press('ArrowDown');
  await expect(row).toBeFocused();
  await copilot.reaches('Not sent.', 'failed');
  await keyboard.press('ControlOrMeta+/');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await keyboard.press('Escape');
  await row.focus();
  await keyboard.press('Delete');
  await expect(row).toHaveCount(0);
  await expect(copilot.composer, 'nothing was edited').toHaveValue('jkrecp?//');
  expect(await arrived(server, TURNS), 'nothing was retried').toHaveLength(2);
});

test('the letters of a row mean the same with Caps Lock', async ({ server, chromium, copilot }) => {
  const { keyboard } = copilot.page;
  await chromium.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await copilot.say('Answered.');
  await copilot.answered(1);
  await server.faults.set([answerWith(TURNS, 501)]);
  await copilot.say('Not sent.');
  await copilot.reaches('Not sent.', 'failed');
  const row = copilot.message('Not sent.');
  await row.focus();
  await keyboard.press('K');
  await expect(copilot.answers).toBeFocused();
  await keyboard.press('J');
  await expect(row).toBeFocused();
  await keyboard.press('C');
  await expect.poll(() => copilot.page.evaluate(() => navigator.clipboard.readText())).toBe('Not sent.');
  await keyboard.press('E');
  await expect(copilot.composer).toHaveValue('Not sent.');
  await copilot.composer.press('Enter');
  await copilot.reaches('Not sent.', 'failed');
  await server.faults.clear();
  await row.focus();
  await keyboard.press('R');
  await copilot.answered(2);
});

test('Shift+Esc leads to the composer from every layer and page, with what stands in it', async ({ copilot }) => {
  const { page } = copilot;
  const { keyboard } = page;
  await copilot.say('Answered.');
  await copilot.answered(1);
  await copilot.composer.fill('Half a thought');
  const { composer } = copilot;
  const leads = async () => {
    await keyboard.press('Shift+Escape');
    await expect(composer).toBeFocused();
    await expect(composer).toHaveValue('Half a thought');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  };
  for (const [keys, layer] of [
    ['ControlOrMeta+K', 'Command palette'],
    ['ControlOrMeta+/', 'Keyboard shortcuts'],
    ['ControlOrMeta+I', 'Case details'],
    ['ControlOrMeta+B', 'Cases'],
  ]) {
    await keyboard.press(keys);
    await expect(page.getByRole('dialog', { name: layer })).toBeVisible();
    await leads();
  }
  await keyboard.press('ControlOrMeta+K');
  await page.getByRole('combobox').fill('settings');
  await keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Back', exact: true })).toBeFocused();
  await leads();
});

test('the question mark opens the sheet and the slash the search, from rows and from buttons', async ({ copilot }) => {
  const { page } = copilot;
  await copilot.say('Answered.');
  await copilot.answered(1);
  await copilot.message('Answered.').focus();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Details', exact: true }).focus();
  await page.keyboard.press('/');
  await expect(page.getByRole('dialog', { name: 'Cases' })).toBeVisible();
  await expect(page.getByRole('searchbox', { name: 'Search cases' })).toBeFocused();
});

test('Esc closes the layer on top, then leaves an edit, then stops the answer', async ({ server, copilot }) => {
  const { page } = copilot;
  const heading = page.getByRole('heading', { level: 1 });
  await copilot.say('Disk of db-2 is full.');
  await copilot.answered(1);
  await server.faults.set([hang(TURNS)]);
  await copilot.say('Since 09:10.');
  await expect(copilot.thinking).toHaveCount(1);
  await heading.getByRole('button').focus();
  await page.keyboard.press('F2');
  await expect(heading.getByRole('textbox')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+K');
  await expect(page.getByRole('dialog', { name: 'Command palette' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await heading.getByRole('button').focus();
  await page.keyboard.press('F2');
  await page.keyboard.press('Escape');
  await expect(heading.getByRole('textbox')).toHaveCount(0);
  await expect(heading.getByRole('button')).toBeFocused();
  await expect(copilot.thinking, 'the answer is still awaited').toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(copilot.answers.last()).toContainText('You stopped this answer.');
  await expect(copilot.composer).toBeFocused();
});

test('C copies a message and an answer, Ctrl+U attaches', async ({ chromium, copilot }) => {
  const { page } = copilot;
  await chromium.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await copilot.say('To be copied.');
  await copilot.answered(1);
  await copilot.message('To be copied.').focus();
  await page.keyboard.press('c');
  await expect.poll(clipboard).toBe('To be copied.');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('c');
  await expect.poll(clipboard).not.toBe('To be copied.');
  // Listened for before the focus moves: by the time of the key the browser knows that nobody looks at its own dialog.
  const choosing = page.waitForEvent('filechooser');
  await copilot.composer.focus();
  await expect(copilot.composer).toBeFocused();
  await page.keyboard.press('ControlOrMeta+U');
  await (await choosing).setFiles({ name: 'app.log', mimeType: 'text/plain', buffer: Buffer.from('ERROR pool wait') });
  await expect(copilot.dock).toContainText('app.log');
});

test('what a key does as well says so when it is pointed at', async ({ copilot }) => {
  const { page } = copilot;
  await copilot.say('Checkout is slow.');
  await copilot.answered(1);
  for (const [name, keys] of [
    ['Cases', 'B'],
    ['Details', 'I'],
    ['New case', 'Shift+O'],
    ['Attach files', 'U'],
  ]) {
    await expect(page.getByRole('button', { name, exact: true })).toHaveAttribute('title', `${name} · Ctrl+${keys}`);
  }
});
