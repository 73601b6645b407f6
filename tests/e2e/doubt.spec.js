// What nobody knows whether it arrived, and answers that the server's history has lost: said as it is, and never doubled.

import { expect, test, words } from './harness.js';
import { answerWith, hang, TURNS } from './harness/routes.js';
import { arrived, carriedOut, said } from './harness/stored.js';

const TEXT = 'Pool wait is down to 900 ms.';
const LIST = { method: 'GET', path: '/api/v1/cases/*/messages' };
const MAYBE = "It may have arrived. The server didn't confirm it.";

test('what five lost answers and an unreadable list leave open is said to be unknown, and Check again finds out', async ({
  server,
  chromium,
  copilot,
}) => {
  await server.faults.set([{ match: TURNS, fault: { kind: 'truncate', bytes: 40 } }, answerWith(LIST, 500, { code: 'SERVICE_ERROR' })]);
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
  await server.faults.clear();
  await copilot.action('Check again', TEXT).click();
  await copilot.reaches(TEXT, 'sent');
  await copilot.answered(1);
  expect(await said(server, chromium)).toEqual([[TEXT]]);
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(1);
});

test('a message that is stopped says that it may have arrived, until the server shows it', async ({ server, chromium, copilot }) => {
  await server.faults.set([hang(TURNS)]);
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
  // The server goes on with what it has received.
  await server.faults.letGo();
  await expect.poll(() => said(server, chromium)).toEqual([[TEXT]]);
  await copilot.action('Check again', TEXT).click();
  await copilot.reaches(TEXT, 'sent');
  await expect(row).not.toContainText('Stopped.');
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(1);
});

test('an answer that the server has lost is kept, with a word about it and a way to ask again', async ({ copilot }) => {
  const { page } = copilot;
  await page.clock.install();
  await copilot.say(TEXT);
  await copilot.answered(1);
  const answer = copilot.answers.first();
  const text = await answer.innerText();
  // From now on the list holds what was asked and not what was answered.
  await page.route('**/api/v1/cases/*/messages*', async (route) => {
    const response = await route.fetch();
    const list = await response.json();
    const messages = list.messages.filter((/** @type {{ role: string }} */ { role }) => role === 'user');
    await route.fulfill({ response, json: { ...list, messages } });
  });
  await page.reload();
  await expect(answer).toBeVisible();
  const lost = words("FaultMaven's answer to this isn't on the server. The copy on this device is kept.");
  const note = answer.getByText(lost);
  await expect(async () => {
    await page.clock.runFor(61_000);
    await expect(note).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(answer).toHaveAttribute('data-state', 'only-here');
  expect(await answer.innerText()).toContain(text.split('\n').at(-1) ?? '');
  await page.unrouteAll({ behavior: 'wait' });
  await answer.getByRole('button', { name: `Ask again message: ${TEXT}` }).click();
  await copilot.answered(2);
  await expect(note, 'the server lists it again').toHaveCount(0);
});
