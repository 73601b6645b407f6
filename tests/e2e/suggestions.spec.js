// The steps that an answer suggests: said, copied, attached or asked for, and never at the cost of what is being written.

import { expect, words } from './harness.js';
import { TURNS } from './harness/routes.js';
import { spoken } from './harness/spoken.js';
import { said } from './harness/stored.js';

const ACTIONS = [
  { type: 'DECIDE', label: 'Start a formal investigation', payload: 'Yes, start it' },
  { type: 'RUN', label: 'List pods', payload: 'kubectl -n shop get pods' },
  { type: 'EVIDENCE', label: 'Attach the log' },
  { type: 'FREE_SPEECH', label: 'Say what changed' },
];

const test = spoken(`It is the pool.\n\n\`\`\`actions\n${JSON.stringify(ACTIONS)}\n\`\`\``);

/** @param {import('./harness/copilot.js').Copilot} copilot */
async function answered(copilot) {
  await copilot.say('Checkout is slow.');
  await copilot.answered(1);
  await copilot.composer.fill('a draft');
}

test('a decision is said in the person’s name, and what stands in the composer stays', async ({ server, chromium, copilot }) => {
  await answered(copilot);
  await copilot.page.getByRole('button', { name: 'Start a formal investigation' }).click();
  await copilot.answered(2);
  await expect(copilot.composer).toHaveValue('a draft');
  await expect.poll(() => said(server, chromium)).toEqual([['Checkout is slow.', 'Yes, start it']]);
});

test('a yes or no is sent with what it answers', async ({ copilot }) => {
  const intent = { type: 'confirmation', confirmation_value: true };
  /** @type {string[]} */
  const sent = [];
  await copilot.page.route(`**${TURNS.path}`, async (route) => {
    sent.push(route.request().postDataBuffer()?.toString() ?? '');
    if (sent.length > 1) {
      return route.continue();
    }
    const response = await route.fetch();
    const answer = await response.json();
    for (const action of answer.suggested_actions.filter((/** @type {any} */ action) => action.type === 'DECIDE')) {
      action.intent = intent;
    }
    await route.fulfill({ response, json: answer });
  });
  await answered(copilot);
  await copilot.page.getByRole('button', { name: 'Start a formal investigation' }).click();
  await expect.poll(() => sent.length).toBe(2);
  expect(sent[0]).not.toContain('confirmation');
  expect(sent[1]).toMatch(/name="intent_type"\s+confirmation/);
  expect(sent[1]).toContain(JSON.stringify(intent));
});

test('a command is copied and nothing is sent', async ({ server, chromium, copilot }) => {
  await chromium.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await answered(copilot);
  await copilot.page.getByRole('button', { name: 'List pods' }).click();
  await expect(copilot.answers.getByText('Copied')).toBeVisible();
  expect(await copilot.page.evaluate(() => navigator.clipboard.readText())).toBe('kubectl -n shop get pods');
  expect(await said(server, chromium)).toEqual([['Checkout is slow.']]);
});

test('evidence opens the picker, and words are asked for in the composer', async ({ copilot }) => {
  await answered(copilot);
  const choosing = copilot.page.waitForEvent('filechooser');
  await copilot.page.getByRole('button', { name: 'Attach the log' }).click();
  await (await choosing).setFiles({ name: 'app.log', mimeType: 'text/plain', buffer: Buffer.from('ERROR pool wait\n'.repeat(120)) });
  await expect(copilot.dock).toContainText('app.log');
  await copilot.page.getByRole('button', { name: words('Say what changed') }).click();
  await expect(copilot.composer).toBeFocused();
  await expect(copilot.composer).toHaveValue('a draft');
});
