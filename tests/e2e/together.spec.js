// Files and words that are sent with one press: turns of the case, in order, and one message to the person.

import { expect, test } from './harness.js';
import { answerWith, hang, TURNS } from './harness/routes.js';
import { arrived, said } from './harness/stored.js';

const WORDS = 'Compare these.';
const OTHER = 'And a word about the deploy.';

/** Fails at once, and trying again can help. */
const FAILS = answerWith(TURNS, 501);

/**
 * Sends two files and words with one press.
 * @param {import('./harness/copilot.js').Copilot} copilot
 */
async function sendTwoFiles(copilot) {
  const file = (/** @type {string} */ name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(`${name}: ERROR timeout`) });
  const opened = copilot.page.waitForEvent('filechooser');
  await copilot.page.getByRole('button', { name: 'Attach files' }).click();
  await (await opened).setFiles([file('first.log'), file('second.log')]);
  await expect(copilot.dock).toContainText('second.log');
  await copilot.say(WORDS);
  await expect(copilot.message(WORDS)).toContainText('second.log');
}

test('Edit on any row brings the words and all files back, also after a reload', async ({ server, chromium, copilot }) => {
  await server.faults.set([FAILS]);
  await sendTwoFiles(copilot);
  await copilot.reaches('first.log', 'failed');
  await copilot.page.reload();
  await copilot.reaches('first.log', 'failed');
  await copilot.reaches(WORDS, 'blocked');
  await copilot.message('first.log').getByRole('button', { name: 'Edit message: first.log' }).click();
  await expect(copilot.mine).toHaveCount(0);
  await expect(copilot.composer).toHaveValue(WORDS);
  await expect(copilot.composer).toBeFocused();
  const chips = copilot.page.getByRole('list', { name: 'Attachments' }).getByRole('listitem');
  await expect(chips).toContainText(['first.log', 'second.log']);
  await server.faults.clear();
  await copilot.composer.press('Enter');
  await copilot.answered(2);
  const [[, last]] = await said(server, chromium);
  expect(last).toContain(WORDS);
});

test('Discard takes the whole message away, one Undo brings it back in its order, and Retry sends all of it', async ({
  server,
  copilot,
}) => {
  await copilot.say(OTHER);
  await copilot.answered(1);
  await server.faults.set([FAILS]);
  await sendTwoFiles(copilot);
  await copilot.reaches('first.log', 'failed');
  await expect(copilot.dock, 'one message, whatever it is made of').toContainText('1 not sent');
  await copilot.message('first.log').getByRole('button', { name: 'Discard message: first.log' }).click();
  await expect(copilot.mine).toHaveText([new RegExp(OTHER)]);
  await expect(copilot.answers, 'the nearest row that stays has the focus').toBeFocused();
  await copilot.dock.getByRole('button', { name: 'Undo' }).click();
  await expect(copilot.mine).toContainText([OTHER, 'first.log', 'second.log']);
  await server.faults.clear();
  await copilot.message('first.log').getByRole('button', { name: 'Retry message: first.log' }).click();
  await copilot.answered(3);
  await expect(copilot.dock).not.toContainText('not sent');
  await expect.poll(async () => new Set((await arrived(server, TURNS)).map(({ key }) => key)).size).toBe(3);
});

test('Stop at the first file brings the rest back into the composer, and what has left stays', async ({ server, copilot }) => {
  await server.faults.set([hang(TURNS)]);
  await sendTwoFiles(copilot);
  await expect.poll(() => arrived(server, TURNS)).toHaveLength(1);
  await copilot.thinking.getByRole('button', { name: 'Stop' }).click();
  await expect(copilot.composer).toHaveValue(WORDS);
  await expect(copilot.page.getByRole('list', { name: 'Attachments' }).getByRole('listitem')).toContainText(['second.log']);
  await expect(copilot.mine).toHaveText([/first\.log/]);
});
