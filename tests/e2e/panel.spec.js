// What stands around the conversation: settings, palette, keys, inspector, details, the states of a case.

import { expect, test, words } from './harness.js';
import { answerWith, REFRESH, TURNS } from './harness/routes.js';
import { collide } from './harness/titles.js';

const QUESTION = 'Checkout answers 503 since 09:10.';

/** @param {import('./harness/copilot.js').Copilot} copilot */
async function answered(copilot) {
  await copilot.say(QUESTION);
  await copilot.answered(1);
}

test('the theme, the density and the contrast change at once and are still there after a reload', async ({ copilot }) => {
  const { page, root } = copilot;
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('radio', { name: 'Light' }).check();
  await expect(root).toHaveAttribute('data-theme', 'light');
  await page.getByRole('radio', { name: 'Comfortable' }).check();
  await expect(root).toHaveAttribute('data-density', 'comfortable');
  await page.getByRole('switch', { name: /^High contrast/ }).click();
  await expect(root).toHaveAttribute('data-contrast', 'more');
  await page.reload();
  await expect(root).toHaveAttribute('data-theme', 'light');
  await expect(root).toHaveAttribute('data-density', 'comfortable');
  await expect(root).toHaveAttribute('data-contrast', 'more');
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('radio', { name: 'System' }).check();
  await expect(root).not.toHaveAttribute('data-theme');
});

test('settings are left by Esc, and the draft is where it was', async ({ copilot }) => {
  const { page } = copilot;
  await copilot.composer.fill('Half a thought');
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings');
  await expect(page.getByRole('button', { name: 'Back', exact: true })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(copilot.composer).toBeFocused();
  await expect(copilot.composer).toHaveValue('Half a thought');
});

test('an address is tested before anything changes', async ({ copilot, server }) => {
  const { page } = copilot;
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  const address = page.getByRole('textbox', { name: 'Server address' });
  await expect(address).toHaveValue(server.origin);
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByText(/^Reachable/)).toBeVisible();
  await address.fill('http://127.0.0.1:9');
  await address.press('Enter');
  await expect(page.getByText(words("Can't reach this address"))).toBeVisible();
  await expect(page.getByRole('button', { name: 'Sign in to this server' })).toHaveCount(0);
  await address.fill(server.origin.replace('127.0.0.1', 'localhost'));
  await address.press('Enter');
  await expect(page.getByRole('button', { name: 'Sign in to this server' })).toBeVisible();
});

test('without "Enter sends", Enter is a new line and Ctrl+Enter sends', async ({ copilot }) => {
  const { page } = copilot;
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('switch', { name: /^Enter sends/ }).click();
  await page.keyboard.press('Escape');
  await copilot.composer.pressSequentially('one');
  await copilot.composer.press('Enter');
  await copilot.composer.pressSequentially('two');
  await expect(copilot.composer).toHaveValue('one\ntwo');
  await copilot.composer.press('Control+Enter');
  await expect(copilot.mine).toHaveCount(1);
});

test('everything can be taken out as a file', async ({ copilot }) => {
  const { page } = copilot;
  await answered(copilot);
  await copilot.openCases();
  await page.getByRole('dialog', { name: 'Cases' }).getByRole('button', { name: 'Settings', exact: true }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const file = await (await saving).createReadStream();
  let text = '';
  for await (const part of file) {
    text += part;
  }
  expect(Object.keys(JSON.parse(text))).toEqual(expect.arrayContaining(['conversationTitles', 'conversations']));
  expect(text).toContain(QUESTION);
});

test('a file that was exported is taken in, after a question', async ({ copilot }) => {
  const { page } = copilot;
  await answered(copilot);
  await copilot.composer.press('Control+k');
  await page.getByRole('combobox').fill('settings');
  await page.keyboard.press('Enter');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const file = await (await saving).path();
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await (await choosing).setFiles(file);
  const question = page.getByRole('group', { name: 'Import' });
  await expect(question).toContainText('Nothing that is here is overwritten.');
  await question.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByText(/^Imported /)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(copilot.message(QUESTION)).toBeVisible();
  await copilot.answered(1);
  await expect(copilot.mine).toHaveCount(1);
});

test('a case is exported as Markdown from its menu', async ({ copilot }) => {
  const { page } = copilot;
  await answered(copilot);
  await copilot.openCases();
  await copilot.currentCase.getByRole('button', { name: /^More for/ }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Export as Markdown' }).click();
  expect((await saving).suggestedFilename()).toMatch(/\.md$/);
});

test('the palette does things, finds cases and finds messages, by keys alone', async ({ copilot }) => {
  const { page } = copilot;
  const palette = page.getByRole('combobox', { name: 'Command palette' });
  await answered(copilot);
  await copilot.newCase();
  await copilot.say('Kafka consumer lag in billing grows.');
  await copilot.answered(1);
  await copilot.composer.press('Control+k');
  await expect(palette).toBeFocused();
  await palette.fill('light');
  await palette.press('Enter');
  await expect(copilot.root).toHaveAttribute('data-theme', 'light');
  await expect(copilot.composer).toBeFocused();

  await copilot.composer.press('Control+k');
  await palette.fill('since 09:10');
  await expect(page.getByRole('option', { name: /since 09:10/ })).toHaveAttribute('aria-selected', 'true');
  await palette.press('Enter');
  await expect(copilot.message(QUESTION)).toBeFocused();

  await page.keyboard.press('Control+k');
  await palette.fill('no such thing anywhere');
  await expect(page.getByText(words('Nothing matches “no such thing anywhere”'))).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('what makes no sense right now is not offered', async ({ copilot }) => {
  const { page } = copilot;
  await copilot.composer.press('Control+k');
  const offered = page.getByRole('option');
  await expect(offered.filter({ hasText: 'New case' })).toHaveCount(1);
  await expect(offered.filter({ hasText: 'Retry all' })).toHaveCount(0);
  await expect(offered.filter({ hasText: 'Rename case' })).toHaveCount(0);
  await expect(offered.filter({ hasText: 'Mark as resolved' })).toHaveCount(0);
});

test('the sheet of keys opens and closes by keys and keeps the focus inside', async ({ copilot }) => {
  const { page } = copilot;
  await copilot.composer.press('Control+/');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(sheet).toBeVisible();
  for (let press = 0; press < 5; press += 1) {
    await page.keyboard.press('Tab');
    expect(await sheet.evaluate((sheet) => sheet.contains(document.activeElement))).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
  await expect(copilot.composer).toBeFocused();
});

test('the inspector shows what waits and why, and the integrity of it all', async ({ server, copilot }) => {
  const { page } = copilot;
  await answered(copilot);
  await server.faults.set([answerWith(TURNS, 422)]);
  await copilot.say('Needs a change.');
  await copilot.reaches('Needs a change.', 'failed-needs-change');
  await page.getByRole('button', { name: /Sync inspector$/ }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sync inspector');
  const operations = page.getByRole('list', { name: 'Operations' });
  await expect(operations.getByRole('listitem')).toHaveCount(1);
  await expect(operations).toContainText('Needs a change.');
  await expect(operations).toContainText('Not sent');
  await expect(page.getByText('Integrity check passed')).toBeVisible();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export trace' }).click();
  const trace = await (await saving).path();
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Replay a trace' }).click();
  await (await choosing).setFiles(trace);
  await expect(page.getByText(/^Replayed \d+ steps: nothing out of place/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(copilot.composer).toBeFocused();
});

test('a file that is no trace is said to be none', async ({ copilot }) => {
  const { page } = copilot;
  await copilot.composer.press('Control+k');
  await page.getByRole('combobox').fill('inspector');
  await page.keyboard.press('Enter');
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Replay a trace' }).click();
  await (await choosing).setFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
  await expect(page.getByText('This file is no trace')).toBeVisible();
});

test('details show the files of a case and lead to the message they came with', async ({ copilot }) => {
  const { page } = copilot;
  await copilot.paste('2026-08-18T09:10:03Z ERROR pool wait 3600 ms\n'.repeat(120));
  await answered(copilot);
  await copilot.composer.press('Control+i');
  const details = page.getByRole('dialog', { name: 'Case details' });
  await expect(details).toContainText('Pasted log');
  await details.getByRole('button', { name: /^(Show|Turn)/ }).first().click();
  await expect(details).toHaveCount(0);
  await expect(copilot.conversation.locator('article:focus')).toHaveCount(1);
});

test('the details lead to the case in the dashboard, in a page of its own, where the server has one', async ({ chromium, copilot }) => {
  await chromium.context.route('**/v1/meta/capabilities', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), dashboardUrl: 'https://dashboard.invalid/' } });
  });
  const { page } = copilot;
  await page.reload();
  await answered(copilot);
  await copilot.composer.press('Control+i');
  const link = page.getByRole('dialog', { name: 'Case details' }).getByRole('link', { name: /^Open in the dashboard/ });
  await expect(link).toHaveAttribute('href', /^https:\/\/dashboard\.invalid\/cases\/[^/]+$/);
  await expect(link).toHaveAttribute('target', '_blank');
  await expect(link).toHaveAttribute('rel', /noopener/);
});

test('a case is closed after one question and says so; its messages still work', async ({ copilot }) => {
  const { page } = copilot;
  await answered(copilot);
  await page.getByRole('button', { name: 'Status: Inquiry' }).click();
  await page.getByRole('menuitem', { name: 'Close case' }).click();
  await expect(page.getByRole('menu', { name: 'Close this case?' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Status: Inquiry' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('c');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(copilot.dock).toContainText('Questions and reports still work here');
  await copilot.answered(2);
  await copilot.say('What was the cause?');
  await copilot.answered(3);
  await copilot.dock.getByRole('button', { name: 'Start a follow-up case' }).click();
  await expect(copilot.mine).toHaveCount(0);
});

test('a status change that waits can be taken back', async ({ chromium, copilot }) => {
  const { page } = copilot;
  await answered(copilot);
  await chromium.context.setOffline(true);
  await page.getByRole('button', { name: 'Status: Inquiry' }).click();
  await page.getByRole('menuitem', { name: 'Start investigating' }).click();
  await expect(page.getByRole('button', { name: 'Status: Investigating' })).toBeVisible();
  await copilot.dock.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'Status: Inquiry' })).toBeVisible();
  await expect(copilot.mine).toHaveCount(1);
});

test('the server is asked for a title, and the row says so meanwhile', async ({ copilot }) => {
  const { page } = copilot;
  await answered(copilot);
  await copilot.openCases();
  await copilot.currentCase.getByRole('button', { name: /^More for/ }).click();
  await page.getByRole('menuitem', { name: 'Suggest a title' }).click();
  await expect(copilot.currentCase).not.toContainText('Chat-');
});

test('an answer is quoted, copied without marks and found again from its menu', async ({ copilot }) => {
  const { page } = copilot;
  await answered(copilot);
  const more = copilot.answers.last().getByRole('button', { name: /^More message/ });
  await more.click();
  await page.keyboard.press('Escape');
  await expect(more).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Quote in the message' }).click();
  await expect(copilot.composer).toHaveValue(/^> /);
});

test('Up brings back what was said, further with each press, and Down comes back', async ({ copilot }) => {
  await answered(copilot);
  await copilot.say('And two pods restart.');
  await copilot.answered(2);
  await copilot.composer.press('ArrowUp');
  await expect(copilot.composer).toHaveValue('And two pods restart.');
  await copilot.composer.press('ArrowUp');
  await expect(copilot.composer).toHaveValue(QUESTION);
  await copilot.composer.press('ArrowDown');
  await expect(copilot.composer).toHaveValue('And two pods restart.');
  await copilot.composer.press('ArrowDown');
  await expect(copilot.composer).toHaveValue('');
});

test('messages behind one that needs a change can be sent without it', async ({ server, copilot }) => {
  await answered(copilot);
  await server.faults.set([answerWith(TURNS, 402, { code: 'QUOTA_EXHAUSTED', count: 1 })]);
  await copilot.say('First of two.');
  await copilot.reaches('First of two.', 'failed-needs-change');
  await copilot.say('Second of two.');
  await copilot.reaches('Second of two.', 'blocked');
  await expect(copilot.message('First of two.').getByRole('button', { name: /^See plan/ })).toBeVisible();
  await copilot.dock.getByRole('button', { name: 'Send the rest' }).click();
  await copilot.answered(2);
  await copilot.reaches('First of two.', 'failed-needs-change');
});

/**
 * The dot on the button that opens the list, and what it says there.
 * @param {import('./harness/copilot.js').Copilot} copilot
 */
async function dotOf({ page }) {
  const dots = page.getByRole('button', { name: 'Cases', exact: true }).locator('[data-dot]');
  // All in one look: a dot that goes between two looks would be waited for.
  return dots.evaluateAll(([dot]) => {
    if (!dot) {
      return undefined;
    }
    const colour = getComputedStyle(dot).backgroundColor;
    const probe = dot.appendChild(document.createElement('i'));
    const token = ['info', 'bad', 'warn'].find((token) => {
      probe.style.setProperty('background', `var(--fm-${token})`);
      return getComputedStyle(probe).backgroundColor === colour;
    });
    probe.remove();
    return { token, says: dot.closest('button')?.title.split(' · ').at(-1) };
  });
}

test('the button of the list says in colour and words what waits, in whichever case', async ({ server, chromium, copilot }) => {
  await copilot.say('Disk of db-2 is full.');
  await copilot.answered(1);
  await expect.poll(() => dotOf(copilot)).toBeUndefined();
  await chromium.context.setOffline(true);
  await copilot.say('And now?');
  await copilot.reaches('And now?', 'waiting-offline');
  await copilot.newCase();
  await expect.poll(() => dotOf(copilot)).toEqual({ token: 'info', says: '1 waiting' });
  await expect(copilot.page.getByRole('button', { name: 'Cases', exact: true })).toHaveAccessibleDescription(/1 waiting$/);
  await chromium.context.setOffline(false);
  await expect.poll(() => dotOf(copilot)).toBeUndefined();
  const no = { headers: { 'www-authenticate': 'Bearer' } };
  await server.faults.set([answerWith(TURNS, 401, no), answerWith(REFRESH, 401, no)]);
  await copilot.say('Kafka lags behind.');
  await copilot.reaches('Kafka lags behind.', 'waiting-sign-in');
  await expect.poll(() => dotOf(copilot)).toEqual({ token: 'warn', says: 'Signed out.' });
});

test('what was not sent is told before what is to decide', async ({ server, chromium, copilot }) => {
  const words = { question: 'Disk of db-2 is full.', mine: 'Full disk on db-2', theirs: 'Disk pressure on db-2' };
  await collide({ server, chromium }, copilot, words);
  await expect.poll(() => dotOf(copilot)).toEqual({ token: 'warn', says: '1 to decide' });
  await server.faults.set([answerWith(TURNS, 501)]);
  await copilot.say('And now?');
  await copilot.reaches('And now?', 'failed');
  await expect.poll(() => dotOf(copilot)).toEqual({ token: 'bad', says: '1 not sent' });
});
