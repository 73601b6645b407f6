// What rows of the conversation offer when nothing is wrong: unfolding, copying, asking again.

import { expect, test, words } from './harness.js';
import { hang, TURNS } from './harness/routes.js';
import { arrived, said } from './harness/stored.js';

test('a long message is folded after twelve lines, and all of them are one press away', async ({ copilot }) => {
  const lines = Array.from({ length: 40 }, (_, n) => `line ${n + 1}`);
  await copilot.say(lines.join('\n'));
  await copilot.answered(1);
  await expect(copilot.mine).toContainText('line 12');
  await expect(copilot.mine).not.toContainText('line 13');
  const fold = copilot.mine.getByRole('button', { name: 'Show all 40 lines' });
  await expect(fold).toHaveAttribute('aria-expanded', 'false');
  await fold.press('Enter');
  await expect(copilot.mine).toContainText('line 40');
  await copilot.mine.getByRole('button', { name: 'Show less' }).press('Enter');
  await expect(copilot.mine).not.toContainText('line 13');
});

test('a question is asked again from its answer, and from an answer that was stopped', async ({ server, chromium, copilot }) => {
  const again = copilot.page.getByRole('button', { name: 'Ask again message: Checkout is slow.' });
  await copilot.say('Checkout is slow.');
  await copilot.answered(1);
  await copilot.composer.fill('a draft');
  await again.click();
  await copilot.answered(2);
  await expect(copilot.composer).toHaveValue('a draft');
  await expect(copilot.composer).toBeFocused();
  expect(await said(server, chromium)).toEqual([['Checkout is slow.', 'Checkout is slow.']]);

  await server.faults.set([hang(TURNS)]);
  await again.last().click();
  await expect.poll(async () => (await arrived(server, TURNS)).length).toBe(3);
  await copilot.thinking.getByRole('button', { name: 'Stop' }).click();
  await expect(copilot.answers.last()).toContainText(words('You stopped this answer.'));
  await server.faults.clear();
  await again.last().click();
  await expect(copilot.mine).toHaveCount(4);
});

test('a case that has ended takes questions and no evidence, and says what to do', async ({ copilot }) => {
  const { page } = copilot;
  await copilot.say('Checkout is slow.');
  await copilot.answered(1);
  await page.getByRole('button', { name: /^Status:/ }).click();
  await page.getByRole('menuitem', { name: 'Close case' }).click();
  await page.getByRole('menuitem', { name: 'Close', exact: true }).click();
  await copilot.answered(2);
  await expect(copilot.composer).toHaveAttribute('placeholder', 'Ask about this case, or request a report…');
  for (const name of ['Attach files', 'Paste log']) {
    await page.getByRole('button', { name, exact: true }).click();
    await expect(copilot.dock).toContainText('New evidence needs a new case');
    await copilot.composer.fill(name);
    await expect(copilot.dock, 'typing goes on').not.toContainText('New evidence needs a new case');
  }
});
