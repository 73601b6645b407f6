// A title that is changed here and elsewhere before either side has heard of the other.

import { expect } from '@playwright/test';
import { retitle } from './stored.js';

/**
 * Asks something, renames the case without a network, and has the server's copy renamed meanwhile.
 * @param {{ server: import('./server.js').Server, chromium: import('./chromium.js').Chromium }} world
 * @param {import('./copilot.js').Copilot} copilot
 * @param {{ question: string, mine: string, theirs: string }} words
 */
export async function collide({ server, chromium }, copilot, { question, mine, theirs }) {
  const heading = copilot.page.getByRole('heading', { level: 1 });
  await copilot.say(question);
  await copilot.answered(1);
  await expect(heading, 'the server names the case').not.toContainText('Chat-');
  await chromium.context.setOffline(true);
  await heading.getByRole('button').click();
  await expect(heading.getByRole('textbox')).toBeFocused();
  await copilot.page.keyboard.type(mine);
  await copilot.page.keyboard.press('Enter');
  await expect(heading).toContainText(mine);
  await retitle(server, chromium, theirs);
  await chromium.context.setOffline(false);
  await expect(copilot.page.getByRole('radiogroup', { name: 'Title conflict' })).toBeVisible();
}
