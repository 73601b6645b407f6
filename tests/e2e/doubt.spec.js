// What nobody knows whether it arrived, and answers that the server's history has lost: said as it is, and never doubled.

import { expect, test, words } from './harness.js';
import { inOwnTime, stop } from './harness/clock.js';
import { answerWith, hang, MESSAGES, TURNS } from './harness/routes.js';
import { arrived, carriedOut, NO_MESSAGES, said, withoutAnswers } from './harness/stored.js';

const TEXT = 'Pool wait is down to 900 ms.';
const UNREADABLE = answerWith(MESSAGES, 500, { code: 'SERVICE_ERROR' });
const MAYBE = "It may have arrived. The server didn't confirm it.";

test('what five lost answers and an unreadable list leave open is said to be unknown, and Check again finds out', async ({
  server,
  chromium,
  copilot,
}) => {
  await server.faults.set([{ match: TURNS, fault: { kind: 'truncate', bytes: 40 } }, UNREADABLE]);
  await copilot.say(TEXT);
  const row = copilot.message(TEXT);
  await expect(row).toContainText(words(MAYBE), { timeout: 60_000 });
  await expect(row, 'it may have been sent').not.toContainText('Not sent');
  await expect(row).toHaveAccessibleName(/^You, .+, not confirmed$/);
  await expect(row).toHaveAccessibleDescription(words(MAYBE));
  const ways = row.getByRole('group', { name: 'Actions for the unsent message' }).getByRole('button');
  await expect(ways).toHaveText(['Check again', 'Copy', 'Discard']);
  await copilot.page.reload();
  await expect(row).toContainText(words(MAYBE));
  // With a list to read the panel would find it by itself.
  await server.faults.set([UNREADABLE]);
  await copilot.action('Check again', TEXT).click();
  await copilot.reaches(TEXT, 'sent');
  await copilot.answered(1);
  await server.faults.clear();
  expect(await said(server, chromium)).toEqual([[TEXT]]);
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(1);
});

test('a message that is stopped says that it may have arrived, until the server shows it', async ({ server, chromium, copilot }) => {
  await server.faults.set([hang(TURNS, { commit: true }), UNREADABLE]);
  await copilot.say(TEXT);
  await expect.poll(() => arrived(server, TURNS)).toHaveLength(1);
  await copilot.thinking.getByRole('button', { name: 'Stop' }).click();
  const row = copilot.message(TEXT);
  await expect(row).toContainText('Stopped. It may have arrived.');
  await copilot.reaches(TEXT, 'still-sending');
  await expect(row.getByRole('button', { name: /^Retry/ })).toHaveCount(0);
  await copilot.page.reload();
  await expect(row).toContainText('Stopped. It may have arrived.');
  await row.focus();
  await expect(copilot.action('Copy', TEXT)).toBeVisible();
  await expect(copilot.action('Discard', TEXT)).toBeVisible();
  const asked = (await arrived(server, MESSAGES)).length;
  await copilot.action('Check again', TEXT).click();
  await expect.poll(async () => (await arrived(server, MESSAGES)).length, 'the server is asked').toBeGreaterThan(asked);
  await server.faults.clear();
  await copilot.reaches(TEXT, 'sent');
  await expect(row).not.toContainText('Stopped.');
  expect(await said(server, chromium)).toEqual([[TEXT]]);
});

inOwnTime(test)('an answer that the server has lost is kept, with a word about it and a way to ask again', async ({
  server,
  chromium,
  copilot,
}) => {
  const { page } = copilot;
  await server.faults.set([answerWith(MESSAGES, 200, { body: NO_MESSAGES })]);
  await stop(page);
  await copilot.say(TEXT);
  await copilot.answered(1);
  // From now on the list holds what was asked and not what was answered.
  await server.faults.set([answerWith(MESSAGES, 200, { body: await withoutAnswers(server, chromium) })]);
  const answer = copilot.answers.first();
  const note = answer.getByText(words("FaultMaven's answer to this isn't on the server. The copy on this device is kept."));
  await page.clock.fastForward(59_000);
  await expect(note, 'a server may list rows late').toHaveCount(0);
  await page.clock.fastForward(2_000);
  await expect(note).toBeVisible();
  await expect(answer).toHaveAttribute('data-state', 'only-here');
  await expect(answer.getByRole('button', { name: /^Copy message: / }), 'the copy is kept').toHaveCount(1);
  await page.clock.resume();
  await answer.getByRole('button', { name: `Ask again message: ${TEXT}` }).click();
  await expect(copilot.mine).toHaveCount(2);
  await copilot.answered(2);
});
