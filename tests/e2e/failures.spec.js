// Each way a message can fail: the state of its row, the sentence, the ways out.
// What the ways out do is in `ways-out.spec.js`.

import { expect, test, words } from './harness.js';
import { answerWith, TURNS } from './harness/routes.js';
import { arrived, carriedOut, said } from './harness/stored.js';

const TEXT = 'Pool wait is down to 900 ms.';

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {import('./harness/faults.js').Rule} rule
 * @property {'failed' | 'failed-needs-change'} state
 * @property {string | RegExp} sentence
 * @property {string[]} buttons
 * @property {number} [tries]
 */

/** @type {Case[]} */
const FAILURES = [
  {
    name: 'a used-up plan (402)',
    rule: answerWith(TURNS, 402, { code: 'QUOTA_EXHAUSTED' }),
    state: 'failed-needs-change',
    sentence: 'Not sent. The monthly limit of this plan is used up.',
    buttons: ['See plan', 'Edit', 'Copy', 'Discard'],
  },
  {
    name: 'a case one may only read (403)',
    rule: answerWith(TURNS, 403),
    state: 'failed-needs-change',
    sentence: 'Not sent. You can read this case but not write to it.',
    buttons: ['Ask for access', 'Copy', 'Discard'],
  },
  {
    name: 'a case that is gone (404)',
    rule: answerWith(TURNS, 404),
    state: 'failed-needs-change',
    sentence: 'Not sent. This case was deleted on the server.',
    buttons: ['Move to a new case', 'Copy', 'Discard'],
  },
  {
    name: 'a case that was closed (409 CASE_TERMINAL)',
    rule: answerWith(TURNS, 409, { code: 'CASE_TERMINAL' }),
    state: 'failed-needs-change',
    sentence: 'while you were writing.',
    buttons: ['Start a follow-up case', 'Copy', 'Discard'],
  },
  {
    name: 'a text the server does not accept (422)',
    rule: answerWith(TURNS, 422, { body: { detail: [{ type: 'vague', loc: ['body', 'query'], msg: 'Too vague' }] } }),
    state: 'failed-needs-change',
    sentence: "Not sent. The server couldn't accept query: Too vague.",
    buttons: ['Edit', 'Copy', 'Discard'],
  },
  {
    name: 'a refusal without a reason (400)',
    rule: answerWith(TURNS, 400),
    state: 'failed-needs-change',
    sentence: 'Not sent. The server refused this (400).',
    buttons: ['Edit', 'Copy', 'Discard', 'Details'],
  },
  {
    name: 'a kind of content the server does not take (415)',
    rule: answerWith(TURNS, 415),
    state: 'failed-needs-change',
    sentence: 'Not sent. The server refused this (415).',
    buttons: ['Edit', 'Copy', 'Discard', 'Details'],
  },
  {
    name: 'a text over the limit of the server (413)',
    rule: answerWith(TURNS, 413),
    state: 'failed-needs-change',
    sentence: 'Not sent. It is larger than the server takes.',
    buttons: ['Edit', 'Copy', 'Discard'],
  },
  {
    name: 'a server that cannot do it (501)',
    rule: answerWith(TURNS, 501, { body: {} }),
    state: 'failed',
    sentence: 'Not sent. The server had a problem (501), 1 try.',
    buttons: ['Retry', 'Edit', 'Copy', 'Discard'],
  },
  {
    name: 'five server errors (500)',
    rule: answerWith(TURNS, 500, { code: 'SERVICE_ERROR' }),
    state: 'failed',
    sentence: 'Not sent. The server had a problem (500), 5 tries.',
    buttons: ['Retry', 'Edit', 'Copy', 'Discard'],
    tries: 5,
  },
  {
    name: 'an answer that never comes (connection dropped five times)',
    rule: { match: TURNS, fault: { kind: 'drop_request' } },
    state: 'failed',
    sentence: /^Not sent\. No answer in \d+ s, and it didn['’]t arrive\./,
    buttons: ['Retry', 'Edit', 'Copy', 'Discard'],
  },
];

for (const { name, rule, state, sentence, buttons, tries = 1 } of FAILURES) {
  test(`${name} is explained on the row, with its ways out`, async ({ server, chromium, copilot }) => {
    await server.faults.set([rule]);
    await copilot.say(TEXT);
    await copilot.reaches(TEXT, state);
    const row = copilot.message(TEXT);
    await expect(row).toHaveAccessibleName(/^You, .+, not sent$/);
    await expect(row).toHaveAccessibleDescription(typeof sentence === 'string' ? words(sentence) : sentence);
    const ways = row.getByRole('group', { name: 'Actions for the unsent message' }).getByRole('button');
    await expect(ways).toHaveCount(buttons.length);
    for (const button of buttons) {
      await expect(copilot.action(button, TEXT)).toBeVisible();
    }
    await expect(copilot.thinking).toHaveCount(0);
    await expect(copilot.answers, 'an error is never a message from FaultMaven').toHaveCount(0);
    await expect(copilot.root, 'the panel is online and signed in').toHaveAttribute('data-link', 'online');
    expect(await said(server, chromium), 'nothing of it is on the server').toEqual([[]]);
    if (rule.fault.kind === 'status') {
      await expect.poll(() => arrived(server, TURNS)).toHaveLength(tries);
    }
    const attempts = await arrived(server, TURNS);
    expect(new Set(attempts.map(({ key }) => key)).size, 'one message, one key').toBe(1);
  });
}

test('a file over the limit of the server (413) is told with both sizes', async ({ server, copilot }) => {
  await server.faults.set([answerWith(TURNS, 413)]);
  await copilot.paste(Array.from({ length: 120 }, (_, n) => `12:00:${n % 60} ERROR timeout ${n}`).join('\n'));
  await copilot.say(TEXT);
  await copilot.reaches(TEXT, 'failed-needs-change');
  await expect(copilot.message(TEXT)).toContainText(/Not sent\. The file is \d+(\.\d)? kB; the limit is 10 MB\./);
  for (const button of ['Replace file', 'Edit', 'Copy', 'Discard']) {
    await expect(copilot.action(button, TEXT)).toBeVisible();
  }
});

for (const { name, rule } of [
  { name: '429 with seconds', rule: answerWith(TURNS, 429, { code: 'RATE_LIMIT_EXCEEDED', retry_after: { seconds: 4 }, count: 1 }) },
  { name: '503 with a date', rule: answerWith(TURNS, 503, { code: 'LLM_OVER_CAPACITY', retry_after: { http_date_in: 4 }, count: 1 }) },
]) {
  test(`a short wait that the server asks for (${name}) counts down and ends by itself`, async ({ server, copilot }) => {
    await server.faults.set([rule]);
    await copilot.say(TEXT);
    await copilot.reaches(TEXT, 'waiting-busy');
    await expect(copilot.message(TEXT)).toContainText(/Server is busy · next try in 0:0[1-5]/);
    await expect(copilot.action('Edit', TEXT)).toBeVisible();
    await expect(copilot.action('Cancel', TEXT)).toBeVisible();
    await copilot.reaches(TEXT, 'sent');
    await copilot.answered(1);
    const [refused, accepted] = await arrived(server, TURNS);
    expect(refused.key).toBe(accepted.key);
    expect(accepted.t_ms - refused.t_ms, 'no request before the time that the server named').toBeGreaterThanOrEqual(3000);
  });
}

test('a long wait (429) is told in minutes and left to the person', async ({ server, copilot }) => {
  await server.faults.set([answerWith(TURNS, 429, { code: 'RATE_LIMIT_EXCEEDED', retry_after: { seconds: 1800 } })]);
  await copilot.say(TEXT);
  await copilot.reaches(TEXT, 'failed');
  await expect(copilot.message(TEXT)).toContainText('Not sent. The server asks to wait about 30 minutes.');
  const retry = copilot.message(TEXT).getByRole('button', { name: /^Retry at \d\d:\d\d message: / });
  await expect(retry).toBeDisabled();
  for (const button of ['Edit', 'Copy', 'Discard']) {
    await expect(copilot.action(button, TEXT)).toBeVisible();
  }
});

test('a login page in between is told as such, and the message waits', async ({ server, copilot }) => {
  await server.faults.set([
    { match: { path: '/api/**' }, fault: { kind: 'html' } },
    { match: { path: '/v1/**' }, fault: { kind: 'html' } },
  ]);
  await copilot.say(TEXT);
  await copilot.reaches(TEXT, 'waiting-offline');
  await expect(copilot.dock).toContainText(words("Can't reach the server: this network wants you to sign in."));
  await expect(copilot.dock.getByRole('link', { name: 'Open sign-in page' })).toBeVisible();
  await server.faults.clear();
  await copilot.dock.getByRole('button', { name: 'Try now' }).click();
  await copilot.answered(1);
  await copilot.reaches(TEXT, 'sent');
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(1);
});

for (const { name, fault, noticed } of [
  {
    name: 'a server error after the fact',
    fault: { kind: 'status', status: 500, body: { detail: 'Internal error' }, commit: true },
    noticed: true,
  },
  { name: 'a body that ends early', fault: { kind: 'truncate', bytes: 40 }, noticed: true },
  // Chromium repeats a POST by itself when a reused connection ends before the head; the page sees one success.
  { name: 'a head that ends early', fault: { kind: 'drop_response', after_bytes: 20 }, noticed: false },
  { name: 'a closed connection', fault: { kind: 'drop_response' }, noticed: false },
  { name: 'a login page', fault: { kind: 'html' }, noticed: false },
]) {
  test(`an answer that is lost (${name}) is checked on, and the message is stored once`, async ({
    server,
    chromium,
    copilot,
  }) => {
    // The repetition is slow, so that the row can be seen checking. This rule does not see the first request: the one
    // before it has decided that.
    const second = { match: TURNS, latency_ms: 1500, fault: { kind: 'none' } };
    await server.faults.set([{ match: TURNS, when: { count: 1 }, fault }, second]);
    await copilot.say(TEXT);
    if (noticed) {
      await copilot.reaches(TEXT, 'checking');
      await expect(copilot.message(TEXT)).toContainText('Checking whether it arrived…');
      await expect(copilot.message(TEXT).getByRole('button')).toHaveCount(0);
    }
    await copilot.reaches(TEXT, 'sent');
    await copilot.answered(1);
    expect(await said(server, chromium)).toEqual([[TEXT]]);
    await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(1);
  });
}
