// What a person can do about a message that was not sent: retry, edit, copy, discard and undo, move it, send the rest.

import { expect, test, words } from './harness.js';
import { answerWith, CREATE, hang, TURNS } from './harness/routes.js';
import { arrived, carriedOut, said } from './harness/stored.js';

const FIRST = 'Rolling back to v3.17 now.';
const SECOND = 'Two pods restart with OOMKilled.';
const THIRD = 'And the queue still grows.';

/** Fails at once, and trying again can help. */
const FAILS = answerWith(TURNS, 501);
/** Fails at once, and trying again cannot help. */
const REFUSED = answerWith(TURNS, 422, { body: { detail: 'No.' } });

test('Retry takes the red away at once and sends the same message', async ({ server, chromium, copilot }) => {
  await server.faults.set([FAILS]);
  await copilot.say(FIRST);
  await copilot.reaches(FIRST, 'failed');
  await server.faults.clear();
  const node = await copilot.message(FIRST).elementHandle();
  await copilot.action('Retry', FIRST).click();
  await expect(copilot.action('Retry', FIRST)).toHaveCount(0);
  await expect(copilot.composer).toBeFocused();
  await copilot.reaches(FIRST, 'sent');
  await copilot.answered(1);
  expect(await copilot.message(FIRST).evaluate((now, then) => now === then, node), 'the row is another node').toBe(true);
  expect(await said(server, chromium)).toEqual([[FIRST]]);
  expect(new Set((await arrived(server, TURNS)).map(({ key }) => key)).size).toBe(1);
});

test('Edit brings the text back, above a draft, and the row goes', async ({ server, chromium, copilot }) => {
  await server.faults.set([REFUSED]);
  await copilot.say(FIRST);
  await copilot.reaches(FIRST, 'failed-needs-change');
  await copilot.composer.fill('a draft');
  await copilot.action('Edit', FIRST).click();
  await expect(copilot.mine).toHaveCount(0);
  await expect(copilot.composer).toHaveValue(`${FIRST}\n\na draft`);
  await expect(copilot.composer).toBeFocused();
  await server.faults.clear();
  await copilot.say(SECOND);
  await copilot.answered(1);
  expect(await said(server, chromium)).toEqual([[SECOND]]);
  expect(new Set((await arrived(server, TURNS)).map(({ key }) => key)).size, 'another text, another key').toBe(2);
});

test('Copy puts the text on the clipboard', async ({ server, chromium, copilot }) => {
  await chromium.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await server.faults.set([REFUSED]);
  await copilot.say(FIRST);
  await copilot.action('Copy', FIRST).click();
  await expect.poll(() => copilot.page.evaluate(() => navigator.clipboard.readText())).toBe(FIRST);
});

test('Discard takes the row away, Undo brings it back where it was', async ({ server, copilot }) => {
  await server.faults.set([REFUSED]);
  await copilot.say(FIRST);
  await copilot.say(SECOND);
  await copilot.reaches(SECOND, 'blocked');
  const key = await copilot.message(FIRST).getAttribute('data-key');
  await copilot.action('Discard', FIRST).click();
  await expect(copilot.message(FIRST)).toHaveCount(0);
  await expect(copilot.dock).toContainText('Discarded message');
  const [rows, dock] = [await copilot.conversation.boundingBox(), await copilot.dock.boundingBox()];
  expect(dock?.y, 'the offer covers no row').toBeGreaterThanOrEqual((rows?.y ?? 0) + (rows?.height ?? 0));
  await copilot.dock.getByRole('button', { name: 'Undo' }).click();
  await copilot.reaches(FIRST, 'failed-needs-change');
  await expect(copilot.mine.first()).toHaveAttribute('data-key', /** @type {string} */ (key));
});

test('a discarded message is not sent and not shown again after a reload', async ({ server, chromium, copilot }) => {
  await server.faults.set([FAILS]);
  await copilot.say(FIRST);
  await copilot.action('Discard', FIRST).click();
  await expect(copilot.mine).toHaveCount(0);
  await server.faults.clear();
  await copilot.page.reload();
  await expect(copilot.composer).toBeVisible();
  await copilot.say(SECOND);
  await copilot.answered(1);
  await expect(copilot.message(FIRST)).toHaveCount(0);
  expect((await said(server, chromium)).flat()).toEqual([SECOND]);
});

test('what follows a failed message waits for it, and can be sent anyway', async ({ server, chromium, copilot }) => {
  await server.faults.set([FAILS]);
  await copilot.say(FIRST);
  await copilot.reaches(FIRST, 'failed');
  await copilot.say(SECOND);
  await copilot.reaches(SECOND, 'blocked');
  await expect(copilot.message(SECOND)).toContainText('Waits for the message above');
  await expect(copilot.dock).toContainText('2 not sent');
  await server.faults.clear();
  await copilot.action('Send anyway', SECOND).click();
  await copilot.reaches(SECOND, 'sent');
  await copilot.answered(1);
  await copilot.reaches(FIRST, 'failed');
  await expect(copilot.dock).toContainText('1 not sent');
  expect(await said(server, chromium)).toEqual([[SECOND]]);
});

test('the strip counts what is not sent, leads to the first and retries all in order', async ({ server, chromium, copilot }) => {
  await server.faults.set([FAILS]);
  for (const text of [FIRST, SECOND, THIRD]) {
    await copilot.say(text);
  }
  await copilot.reaches(FIRST, 'failed');
  await expect(copilot.dock).toContainText('3 not sent');
  await copilot.dock.getByRole('button', { name: 'Show' }).click();
  await expect(copilot.message(FIRST)).toBeFocused();
  await server.faults.clear();
  await copilot.dock.getByRole('button', { name: 'Retry all' }).click();
  await copilot.answered(3);
  await expect(copilot.dock).not.toContainText('not sent');
  expect(await said(server, chromium)).toEqual([[FIRST, SECOND, THIRD]]);
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(3);
});

test('the strip does not offer to retry what needs a change', async ({ server, copilot }) => {
  await server.faults.set([REFUSED]);
  await copilot.say(FIRST);
  await expect(copilot.dock).toContainText('1 not sent. It needs a change first.');
  await expect(copilot.dock.getByRole('button', { name: 'Retry all' })).toHaveCount(0);
  await expect(copilot.dock.getByRole('button', { name: 'Show' })).toBeVisible();
});

test('a failure in one case keeps nothing else from being sent', async ({ server, copilot }) => {
  await copilot.widen();
  await server.faults.set([{ ...FAILS, match: { ...TURNS, body_contains: FIRST } }]);
  await copilot.say(FIRST);
  await copilot.reaches(FIRST, 'failed');
  const failed = await copilot.caseKey();
  await expect(copilot.caseRow(failed)).toHaveAttribute('data-badge', 'not-sent');
  await copilot.newCase();
  await copilot.say(SECOND);
  await copilot.answered(1);
  await copilot.reaches(SECOND, 'sent');
});

for (const { name, rule, button } of [
  { name: 'a deleted case', rule: answerWith(TURNS, 404), button: 'Move to a new case' },
  {
    name: 'a closed case',
    rule: answerWith(TURNS, 409, { code: 'CASE_TERMINAL' }),
    button: 'Start a follow-up case',
  },
]) {
  test(`a message to ${name} moves to the composer of a new case`, async ({ server, chromium, copilot }) => {
    await copilot.widen();
    await copilot.say(FIRST);
    await copilot.answered(1);
    const before = await copilot.caseKey();
    await server.faults.set([rule]);
    await copilot.say(SECOND);
    await copilot.reaches(SECOND, 'failed-needs-change');
    await server.faults.clear();
    await copilot.action(button, SECOND).click();
    await expect(copilot.composer).toHaveValue(SECOND);
    await expect(copilot.composer).toBeFocused();
    await expect(copilot.mine).toHaveCount(0);
    await copilot.composer.press('Enter');
    await copilot.answered(1);
    expect(await copilot.caseKey()).not.toBe(before);
    expect(await said(server, chromium)).toEqual([[FIRST], [SECOND]]);
    await copilot.show(before);
    await expect(copilot.message(FIRST)).toHaveCount(1);
    await expect(copilot.message(SECOND)).toHaveCount(0);
  });
}

test('a case that was deleted elsewhere keeps what was said, and says that it is only here', async ({
  server,
  chromium,
  copilot,
}) => {
  await copilot.widen();
  await copilot.say(FIRST);
  await copilot.answered(1);
  const headers = { authorization: chromium.authorization };
  const { cases } = await (await fetch(`${server.origin}/api/v1/cases?limit=1&offset=0&include_empty=true`, { headers })).json();
  const deleted = await fetch(`${server.origin}/api/v1/cases/${cases[0].case_id}`, { method: 'DELETE', headers });
  expect(deleted.ok).toBe(true);
  await copilot.say(SECOND);
  await copilot.reaches(SECOND, 'failed-needs-change');
  await expect(copilot.action('Move to a new case', SECOND)).toBeVisible();
  await expect(copilot.currentCase).toContainText('Only on this device');
  await expect(copilot.page.getByRole('banner')).toContainText('Only on this device');
  await expect(copilot.message(FIRST)).toBeVisible();
  await expect(copilot.answers).toHaveCount(1);
});

test('what a failed row offers leads where it says: to the plan, the owner, the inspector, another file', async ({
  server,
  chromium,
  copilot,
}) => {
  const { page } = copilot;
  await chromium.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await chromium.context.route('https://**', (route) => route.fulfill({ body: 'a page' }));
  const fail = async (/** @type {number} */ status, code = '') => {
    await server.faults.set([answerWith(TURNS, status, code ? { code } : {})]);
    await copilot.newCase();
    await copilot.say(FIRST);
    await copilot.reaches(FIRST, 'failed-needs-change');
  };
  await copilot.widen();
  await fail(402, 'QUOTA_EXHAUSTED');
  const opened = chromium.context.waitForEvent('page');
  await copilot.action('See plan', FIRST).click();
  await (await opened).close();

  await fail(403);
  await copilot.action('Ask for access', FIRST).click();
  await expect(copilot.dock).toContainText('A request for access is on the clipboard.');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/^Please let me write to the case “.+” on http/);

  await fail(400);
  await copilot.action('Details', FIRST).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sync inspector');
  await expect(page.getByRole('list', { name: 'Operations' })).toContainText(FIRST);
  await page.keyboard.press('Escape');

  await server.faults.set([answerWith(TURNS, 413)]);
  await copilot.newCase();
  await copilot.paste('12:00:00 ERROR timeout\n'.repeat(120));
  await copilot.say(FIRST);
  await copilot.reaches(FIRST, 'failed-needs-change');
  const choosing = page.waitForEvent('filechooser');
  await copilot.action('Replace file', FIRST).click();
  await (await choosing).setFiles({ name: 'short.log', mimeType: 'text/plain', buffer: Buffer.from('ERROR timeout') });
  await expect(copilot.composer).toHaveValue(FIRST);
  await expect(copilot.mine).toHaveCount(0);
  await expect(copilot.dock).toContainText('short.log');
});

test('Stop ends the waiting, says so and leaves the composer ready', async ({ server, copilot }) => {
  await server.faults.set([hang(TURNS)]);
  await copilot.say(FIRST);
  await expect.poll(() => arrived(server, TURNS)).toHaveLength(1);
  await copilot.thinking.getByRole('button', { name: 'Stop' }).click();
  await expect(copilot.answers).toContainText(words('You stopped this answer.'));
  await expect(copilot.thinking).toHaveCount(0);
  await expect(copilot.message(FIRST)).toBeVisible();
  await expect(copilot.composer).toBeFocused();
});

test('Stop before the message has left keeps its text where the person can see it', async ({ server, copilot }) => {
  await server.faults.set([hang(CREATE)]);
  await copilot.say(FIRST);
  await expect.poll(() => arrived(server, CREATE)).toHaveLength(1);
  await copilot.thinking.getByRole('button', { name: 'Stop' }).click();
  await expect(copilot.thinking).toHaveCount(0);
  await expect(copilot.composer).toHaveValue(FIRST);
});

test('Up in an empty composer takes the last unsent message back', async ({ server, copilot }) => {
  await server.faults.set([REFUSED]);
  await copilot.say(FIRST);
  await copilot.reaches(FIRST, 'failed-needs-change');
  await copilot.composer.press('ArrowUp');
  await expect(copilot.composer).toHaveValue(FIRST);
  await expect(copilot.mine).toHaveCount(0);
});
