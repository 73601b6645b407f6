// What a person does is on screen in the frame after the key, however long the server takes, and what the server says
// later changes rows in place.

import { expect, test } from './harness.js';
import { enter } from './harness/first-frame.js';
import { delay, TURNS } from './harness/routes.js';
import { arrived } from './harness/stored.js';

const SLOW = 3000;

test.beforeEach(async ({ server, copilot }) => {
  await server.faults.set([delay(TURNS, SLOW)]);
  await copilot.widen();
});

const AT_ONCE = { message: true, state: 'echoed', caseInList: true, composer: '', focused: true, sameNodeInNextFrame: true };

test('a first message and its new case are painted in the first frame after Enter', async ({ copilot }) => {
  await expect(copilot.caseRows).toHaveCount(0);
  await copilot.composer.fill('Checkout answers 503 since 09:10.');
  expect(await enter(copilot, 'Checkout answers 503')).toEqual(AT_ONCE);
  await expect(copilot.caseRows).toHaveCount(1);
});

test('a later message of a case is painted in the first frame too, below the answer', async ({ server, copilot }) => {
  await server.faults.clear();
  await copilot.say('Disk of db-2 is full.');
  await copilot.answered(1);
  await server.faults.set([delay(TURNS, SLOW)]);
  await copilot.composer.fill('It was 60 % yesterday.');
  expect(await enter(copilot, '60 % yesterday')).toEqual(AT_ONCE);
});

test('the composer works while an answer is on its way, in this case and in another one', async ({ copilot }) => {
  await copilot.say('First question here.');
  const here = await copilot.caseKey();
  await expect(copilot.composer).toBeFocused();
  await copilot.page.keyboard.type('Second question here.');
  await expect(copilot.composer).toHaveValue('Second question here.');
  await copilot.page.keyboard.press('Enter');
  await expect(copilot.mine).toHaveCount(2);
  await expect(copilot.composer).toHaveValue('');

  await copilot.newCase();
  await copilot.page.keyboard.type('A question in another case.');
  await copilot.page.keyboard.press('Enter');
  await expect(copilot.mine).toHaveCount(1);
  await expect(copilot.thinking, 'nothing of this is answered yet').toHaveCount(1);

  await copilot.show(here);
  await expect(copilot.mine).toHaveCount(2);
  await copilot.answered(2);
});

test('the answer takes the place of the thinking row without a re-mount', async ({ copilot }) => {
  const text = 'Pool wait is down to 900 ms.';
  await copilot.say(text);
  await expect(copilot.thinking).toHaveCount(1);
  const remember = async (/** @type {import('@playwright/test').Locator} */ row) => ({
    node: await row.elementHandle(),
    key: await row.getAttribute('data-key'),
    box: await row.boundingBox(),
  });
  const message = await remember(copilot.message(text));
  const thinking = await remember(copilot.thinking);

  await copilot.answered(1);
  await copilot.reaches(text, 'sent');
  for (const [row, before] of [[copilot.message(text), message], [copilot.answers, thinking]]) {
    const same = await row.evaluate((now, then) => now === then, before.node);
    expect(same, 'the row is another node').toBe(true);
    await expect(row).toHaveAttribute('data-key', before.key);
  }
  const { height } = /** @type {{ height: number }} */ (await copilot.message(text).boundingBox());
  expect(height, 'the row of the message has another height').toBe(message.box?.height);
});

test('a second Enter in the same frame sends nothing', async ({ server, copilot }) => {
  await server.faults.clear();
  await copilot.composer.fill('Only once, please.');
  await copilot.composer.evaluate((field) => {
    for (const _ of [1, 2]) {
      field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true }));
    }
  });
  await expect(copilot.mine).toHaveCount(1);
  await copilot.answered(1);
  await expect(copilot.mine).toHaveCount(1);
  await expect.poll(() => arrived(server, TURNS)).toHaveLength(1);
});

test('selected text stays selected while its row changes state', async ({ copilot }) => {
  const text = 'Select me while I am on my way.';
  await copilot.say(text);
  await copilot.message(text).getByText(text).selectText();
  await copilot.answered(1);
  await copilot.reaches(text, 'sent');
  expect(await copilot.page.evaluate(() => String(getSelection()))).toBe(text);
});
