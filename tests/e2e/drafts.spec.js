// What is being written: each case has its own draft, which is there again after everything that can happen to a page.
// Drafts of several windows are in `windows.spec.js`.

import { expect, test } from './harness.js';

test('each case has its own text and caret, over changes of the case and a reload', async ({ copilot }) => {
  const { page } = copilot;
  await copilot.widen();
  await copilot.say('Disk of db-2 is full.');
  await copilot.answered(1);
  const disk = await copilot.caseKey();
  await copilot.composer.fill('Since 09:10.');
  await copilot.composer.press('Home');
  await copilot.newCase();
  await expect(copilot.composer).toHaveValue('');
  await copilot.composer.fill('Kafka lags.');
  await copilot.show(disk);
  await expect(copilot.composer).toHaveValue('Since 09:10.');
  await expect(copilot.composer).toBeFocused();
  await page.keyboard.type('Not ');
  await expect(copilot.composer, 'the caret was at the front').toHaveValue('Not Since 09:10.');
  // Left in the middle of a word: the page goes before the pause after which a draft is kept.
  await page.reload();
  await expect(copilot.composer).toHaveValue('Not Since 09:10.');
  await page.getByRole('button', { name: 'New case', exact: true }).click();
  await expect(copilot.composer).toHaveValue('Kafka lags.');
  await expect(copilot.mine).toHaveCount(0);
});

test('the composer is as high as what is written, up to eight lines, and scrolls from there on', async ({ copilot }) => {
  const lines = (/** @type {number} */ count) => Array.from({ length: count }, (_, n) => `line ${n + 1}`).join('\n');
  const height = () => copilot.composer.evaluate((field) => field.clientHeight);
  const line = await copilot.composer.evaluate((field) => parseFloat(getComputedStyle(field).lineHeight));
  const one = await height();
  for (const [count, rows] of [[2, 2], [8, 8], [9, 8], [40, 8]]) {
    await copilot.composer.fill(lines(count));
    await expect.poll(height, `${count} lines`).toBe(one + (rows - 1) * line);
  }
  const above = () => copilot.composer.evaluate((field) => field.scrollTop);
  await copilot.composer.press('ControlOrMeta+End');
  await expect.poll(above, 'the caret is in view').toBeGreaterThan(31 * line);
  await copilot.composer.press('ControlOrMeta+Home');
  await expect.poll(above).toBeLessThan(line);
});

test('an example fills the composer, below what stands there, and sends nothing', async ({ copilot }) => {
  const { page } = copilot;
  await expect(page.getByText(/^What.s broken\?$/)).toBeVisible();
  await expect(copilot.composer).toBeFocused();
  await page.getByRole('button', { name: /^A node keeps evicting pods/ }).click();
  await expect(copilot.composer).toHaveValue(/^Node <name> has been evicting pods/);
  await expect(copilot.composer).toBeFocused();
  await page.getByRole('button', { name: /^Read this stack trace/ }).click();
  await expect(copilot.composer).toHaveValue(/^Node <name>[^]*\n\nWhat does this stack trace say/);
  await expect(copilot.mine).toHaveCount(0);
});

test('Send can be reached when there is nothing to send, and sends nothing', async ({ copilot }) => {
  const send = copilot.page.getByRole('button', { name: 'Send', exact: true });
  await expect(send).toBeEnabled();
  await send.focus();
  await expect(send).toBeFocused();
  await send.press('Enter');
  await expect(copilot.mine).toHaveCount(0);
  await expect(copilot.composer).toBeFocused();
  await copilot.composer.fill('   \n ');
  await copilot.composer.press('Enter');
  await expect(copilot.mine).toHaveCount(0);
});
