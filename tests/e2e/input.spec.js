// Whatever is put into the composer: logs, too much of them, bytes that are no text. A clear sentence, nothing lost.

import { expect, test, words } from './harness.js';
import { hang, TURNS } from './harness/routes.js';
import { said } from './harness/stored.js';

const FAILURE = '2026-08-18T09:10:03Z ERROR checkout-api upstream connect timeout, peer 10.8.14.7';

/**
 * A log of a service that begins to fail after 60 of its lines.
 * @param {number} lines
 */
function log(lines) {
  const time = (/** @type {number} */ n) => new Date(Date.UTC(2026, 7, 18, 9, 9, 3) + n * 1000).toISOString().replace('.000', '');
  const line = (/** @type {number} */ n) =>
    n === 60
      ? FAILURE
      : n > 60 && n % 3 === 0
        ? `${time(n)} ERROR checkout-api upstream connect timeout, peer 10.8.14.${n % 9}`
        : `${time(n)} INFO checkout-api GET /cart 200 in ${20 + (n % 7)} ms`;
  return Array.from({ length: lines }, (_, n) => line(n)).join('\n');
}

/**
 * Attaches files through the button and the browser's picker.
 * @param {import('./harness/copilot.js').Copilot} copilot
 * @param {{ name: string, mimeType: string, buffer: Buffer }[]} files
 */
async function attach(copilot, files) {
  const opened = copilot.page.waitForEvent('filechooser');
  await copilot.page.getByRole('button', { name: 'Attach files' }).click();
  await (await opened).setFiles(files);
}

test('a pasted log becomes a chip, and the answer quotes the line that failed first', async ({ chromium, copilot }) => {
  await chromium.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await copilot.page.evaluate((text) => navigator.clipboard.writeText(text), log(150));
  await copilot.composer.fill('What happened?');
  await copilot.composer.press('ControlOrMeta+V');
  await expect(copilot.dock).toContainText('Pasted log');
  await expect(copilot.dock).toContainText('150 lines');
  await expect(copilot.composer).toHaveValue('What happened?');
  await copilot.composer.press('Enter');
  await expect(copilot.message('What happened?')).toContainText('Pasted log');
  await expect(copilot.dock).not.toContainText('Pasted log');
  await copilot.answered(1);
  await expect(copilot.answers).toContainText(FAILURE);
});

test('an attachment stays on its row, which keeps its height, when the message is confirmed', async ({ server, copilot }) => {
  await server.faults.set([hang(TURNS, { commit: true })]);
  await copilot.paste(log(150));
  await copilot.say('What happened?');
  const row = copilot.message('What happened?');
  await expect(row).toContainText('Pasted log');
  const before = await row.boundingBox();
  await server.faults.letGo();
  await copilot.answered(1);
  await copilot.reaches('What happened?', 'sent');
  await expect(row).toContainText('Pasted log');
  expect((await row.boundingBox())?.height).toBe(before?.height);
  await copilot.page.reload();
  await copilot.answered(1);
  await expect(row).toContainText('Pasted log');
});

test('the button "Paste log" takes the clipboard', async ({ chromium, copilot }) => {
  await chromium.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await copilot.page.evaluate((text) => navigator.clipboard.writeText(text), log(150));
  await copilot.page.getByRole('button', { name: 'Paste log' }).click();
  await expect(copilot.dock).toContainText('Pasted log');
  await expect(copilot.composer).toBeFocused();
});

test('a log of several hundred kB is answered later, as a job, in its place', async ({ copilot }) => {
  await copilot.paste(log(6000));
  await copilot.say('What is in this?');
  await expect(copilot.thinking).toHaveCount(1);
  await copilot.answered(1);
  await copilot.reaches('What is in this?', 'sent');
  await expect(copilot.answers).toContainText('connect timeout');
});

test('a chip that was not sent is there again after a reload', async ({ copilot }) => {
  await copilot.composer.fill('with a log');
  await copilot.paste(log(150));
  await expect(copilot.dock).toContainText('150 lines');
  await copilot.page.reload();
  await expect(copilot.dock).toContainText('150 lines');
  await expect(copilot.composer).toHaveValue('with a log');
});

test('a file that is dropped anywhere on the panel is attached, and nothing else happens to the page', async ({ copilot }) => {
  await copilot.composer.fill('a draft');
  await copilot.page.evaluate((text) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], 'app.log', { type: 'text/plain' }));
    const under = document.elementFromPoint(innerWidth / 2, innerHeight / 3);
    for (const type of ['dragenter', 'dragover', 'drop']) {
      const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
      under?.dispatchEvent(event);
      if (type !== 'dragenter' && !event.defaultPrevented) {
        throw new Error(`${type} was left to the browser, which opens the file in place of the panel`);
      }
    }
  }, log(150));
  await expect(copilot.dock).toContainText('app.log');
  await expect(copilot.composer).toHaveValue('a draft');
  await copilot.composer.press('Enter');
  await copilot.answered(1);
  await expect(copilot.message('a draft')).toContainText('app.log');
});

test('a paste of 50 MB is refused in words, keeps the draft and leaves the page usable', async ({ copilot }) => {
  await copilot.composer.fill('a draft');
  await copilot.composer.evaluate((field) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', '09:10:03 ERROR timeout\n'.repeat((50 * 2 ** 20) / 23));
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  });
  await expect(copilot.dock).toContainText('50 MB; the limit is 10 MB');
  await expect(copilot.composer).toHaveValue('a draft');
  await copilot.composer.press('End');
  await copilot.page.keyboard.type(' goes on');
  await expect(copilot.composer).toHaveValue('a draft goes on');
  await copilot.composer.press('Enter');
  await copilot.answered(1);
  await copilot.reaches('a draft goes on', 'sent');
  await expect(copilot.dock, 'what cannot be sent stays where it is').toContainText('50 MB; the limit is 10 MB');
});

test('files that are too large or of a foreign kind say why and keep nothing else from being sent', async ({ copilot }) => {
  await attach(copilot, [
    { name: 'heap.log', mimeType: 'text/plain', buffer: Buffer.alloc(11 * 2 ** 20, 'x') },
    { name: 'setup.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') },
    { name: 'app.log', mimeType: 'text/plain', buffer: Buffer.from(log(150)) },
  ]);
  await expect(copilot.dock).toContainText('11 MB; the limit is 10 MB');
  await expect(copilot.dock).toContainText(words("The server doesn't take this kind of file."));
  await copilot.say('Only one of these can go.');
  await copilot.answered(1);
  await expect(copilot.message('Only one of these can go.')).toContainText('app.log');
  await expect(copilot.dock).toContainText('heap.log');
});

test('several files are several turns, in their order, and the text goes with the last', async ({ server, chromium, copilot }) => {
  const file = (/** @type {string} */ name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(log(80)) });
  await attach(copilot, [file('first.log'), file('second.log')]);
  await expect(copilot.dock).toContainText('2 files');
  await copilot.say('Compare these.');
  await expect(copilot.mine, 'at once').toContainText(['first.log', 'second.log']);
  await expect(copilot.message('Compare these.')).toContainText('second.log');
  await copilot.answered(2);
  const [[, last]] = await said(server, chromium);
  expect(last).toContain('Compare these.');
});

test('a file that is no text is taken, and the answer says what it could not read', async ({ copilot }) => {
  const garbage = Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 167 + (n >> 3)) % 256));
  await attach(copilot, [{ name: 'core.log', mimeType: 'application/octet-stream', buffer: garbage }]);
  await expect(copilot.dock).toContainText('core.log');
  await copilot.say('What is in this file?');
  await copilot.answered(1);
  await copilot.reaches('What is in this file?', 'sent');
  await expect(copilot.answers).toContainText('core.log');
  await expect(copilot.answers).toContainText('not text');
});

test('pasted control characters and halves of characters arrive as text', async ({ server, chromium, copilot }) => {
  const garbage = `\u0000\u0001\u001b[31m\ufffe\uffff${'\ud800'}x${'\udc00'}\u202e`;
  await copilot.composer.evaluate((field, text) => {
    const area = /** @type {HTMLTextAreaElement} */ (field);
    area.value = `before ${text} after`;
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }, garbage);
  await copilot.composer.press('Enter');
  await expect(copilot.mine).toHaveCount(1);
  await copilot.answered(1);
  const [[message]] = await said(server, chromium);
  expect(message).toMatch(/^before [^]* after$/);
  expect(message.isWellFormed()).toBe(true);
});

test('markup in a message and in a log is text', async ({ copilot }) => {
  const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script> [x](javascript:alert(1))';
  await copilot.paste(`${log(120)}\n2026-08-18T09:12:00Z ERROR checkout-api ${markup}`);
  await copilot.say(markup);
  await copilot.answered(1);
  await expect(copilot.mine).toContainText(markup);
  await expect(copilot.conversation.locator('img, script, a[href^="javascript"]')).toHaveCount(0);
  await expect(copilot.page).toHaveTitle(/FaultMaven/);
});
