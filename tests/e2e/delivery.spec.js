// What a row shows by time alone (ux §5): each state begins and ends at its moment, in the same node, with the same
// height and the focus where it was. States that an answer brings are in `failures.spec.js`.

import { Copilot, expect } from './harness.js';
import { stop, test } from './harness/clock.js';
import { answerWith, CREATE, hang, TURNS } from './harness/routes.js';
import { arrived, carriedOut, said } from './harness/stored.js';

const TEXT = 'Pool wait is down to 900 ms.';

/** The history of a case that lacks what was said in it. */
const NO_MESSAGES = { messages: [], total_count: 0, retrieved_count: 0, has_more: false };

/** @param {Copilot} copilot */
const marker = (copilot, word = '') => copilot.page.getByRole('button', { name: `${word}, Sync inspector`, exact: true });

test('a message that cannot leave shows a clock after 400 ms and says so after 10 s, in a row that stays itself', async ({
  server,
  copilot,
}) => {
  const { page } = copilot;
  await server.faults.set([hang(CREATE)]);
  await stop(page);
  await copilot.say(TEXT);
  const row = copilot.message(TEXT);
  await copilot.reaches(TEXT, 'echoed');
  const [node, box] = [await row.elementHandle(), await row.boundingBox()];
  await row.focus();
  const itself = async () => {
    expect(await row.evaluate((now, then) => now === then && now === document.activeElement, node)).toBe(true);
    expect((await row.boundingBox())?.height).toBe(box?.height);
  };
  await expect(row.locator('.meta .state'), 'nothing but the time').toHaveCount(0);
  await expect.poll(() => arrived(server, CREATE)).toHaveLength(1);

  await page.clock.runFor(399);
  await copilot.reaches(TEXT, 'echoed');
  await page.clock.runFor(1);
  await copilot.reaches(TEXT, 'sending');
  await expect(row.locator('.meta .state')).toHaveText('');
  await itself();

  await page.clock.runFor(1_599);
  await expect(marker(copilot, 'Synced')).toBeVisible();
  await page.clock.runFor(1);
  await expect(marker(copilot, '1 waiting')).toBeVisible();

  await page.clock.runFor(7_999);
  await copilot.reaches(TEXT, 'sending');
  await page.clock.runFor(1);
  await copilot.reaches(TEXT, 'still-sending');
  await expect(row).toContainText('Still sending… 0:10');
  await expect(row).toHaveAccessibleName(/^You, .+, still sending$/);
  await expect(copilot.action('Cancel', TEXT)).toBeVisible();
  await page.clock.runFor(4_000);
  await expect(row).toContainText('Still sending… 0:14');
  await itself();

  await server.faults.letGo();
  await page.clock.resume();
  await copilot.answered(1);
  await copilot.reaches(TEXT, 'sent');
  await itself();
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(1);
});

test('a message that could not leave for 10 s is cancelled, and its text is back', async ({ server, copilot }) => {
  const { page } = copilot;
  await server.faults.set([hang(CREATE)]);
  await copilot.say(TEXT);
  await expect.poll(() => arrived(server, CREATE)).toHaveLength(1);
  await page.clock.fastForward(10_000);
  await copilot.reaches(TEXT, 'still-sending');
  await copilot.action('Cancel', TEXT).click();
  await expect(copilot.mine).toHaveCount(0);
  await expect(copilot.composer).toHaveValue(TEXT);
  await expect(copilot.composer).toBeFocused();
});

test('"Sent" stands for 4 s, and then the time alone', async ({ copilot }) => {
  const { page } = copilot;
  await stop(page);
  await copilot.say(TEXT);
  const row = copilot.message(TEXT);
  await expect(row).toContainText('Sent');
  await copilot.reaches(TEXT, 'sent');
  const before = await row.boundingBox();
  await page.clock.runFor(3_999);
  await expect(row).toContainText('Sent');
  await page.clock.runFor(1);
  await expect(row).not.toContainText('Sent');
  await copilot.reaches(TEXT, 'sent');
  expect(await row.boundingBox()).toEqual(before);
  await expect(row).toHaveAccessibleName(/^You, \d\d:\d\d$/);
});

test('an answer that takes long says how long after 3 s, that it is unusual after 30 s, and that one can go on after 120 s', async ({
  server,
  copilot,
}) => {
  const { page, thinking } = copilot;
  await server.faults.set([hang(TURNS)]);
  await stop(page);
  await copilot.say(TEXT);
  await expect(thinking).toContainText('Thinking');
  await expect.poll(() => arrived(server, TURNS)).toHaveLength(1);
  const height = (await thinking.boundingBox())?.height;
  await page.clock.runFor(2_900);
  await expect(thinking).not.toContainText('0:0');
  await page.clock.runFor(100);
  await expect(thinking).toContainText('0:03');
  await page.clock.runFor(26_900);
  await expect(thinking).toContainText('Thinking');
  await page.clock.runFor(100);
  await expect(thinking).toContainText('Taking longer than usual');
  await expect(thinking).toContainText('0:30');
  expect((await thinking.boundingBox())?.height, 'nothing moves').toBe(height);
  await page.clock.runFor(90_000);
  await expect(thinking).toContainText('You can go on writing.');
  await copilot.reaches(TEXT, 'echoed');
  await expect(copilot.composer).toBeEditable();
});

test('a message that the history of the server lacks for 60 s is only on this device, and can be sent again', async ({
  server,
  chromium,
  copilot,
}) => {
  const { page } = copilot;
  await server.faults.set([answerWith({ method: 'GET', path: '/api/v1/cases/*/messages' }, 200, { body: NO_MESSAGES })]);
  await copilot.say(TEXT);
  await copilot.answered(1);
  await copilot.reaches(TEXT, 'sent');
  const before = (await copilot.message(TEXT).boundingBox())?.height;
  await page.clock.fastForward(59_000);
  await copilot.reaches(TEXT, 'sent');
  await page.clock.fastForward(2_000);
  await copilot.reaches(TEXT, 'only-here');
  await expect(copilot.message(TEXT)).toContainText('Only on this device');
  await expect(copilot.message(TEXT)).toHaveAccessibleName(/^You, .+, only on this device$/);
  expect((await copilot.message(TEXT).boundingBox())?.height).toBe(before);
  await copilot.action('Send again', TEXT).focus();
  await server.faults.clear();
  await page.keyboard.press('Enter');
  await expect(copilot.composer).toBeFocused();
  await expect.poll(() => said(server, chromium)).toEqual([[TEXT, TEXT]]);
});

test('a message that another window does not send says so after 2 s, and after 15 s it can be sent from here', async ({
  server,
  chromium,
  copilot: there,
}) => {
  await there.say('Where it begins.');
  await there.answered(1);
  await expect(there.root).toHaveAttribute('data-role-in-profile', 'sender');
  const here = new Copilot(await chromium.context.newPage());
  const { page } = here;
  await page.goto(server.origin);
  await here.answered(1);
  await expect(here.root).toHaveAttribute('data-role-in-profile', 'follower');

  await server.faults.set([hang(TURNS)]);
  await stop(page);
  await here.say(TEXT);
  await here.reaches(TEXT, 'echoed');
  await expect.poll(async () => (await arrived(server, TURNS)).length, 'the other window sends it').toBe(2);
  const row = here.message(TEXT);
  // In jumps: stepped through, 15 s would be over before the other window could say that it is there.
  const before = await row.boundingBox();
  await page.clock.fastForward(1_999);
  await here.reaches(TEXT, 'sending');
  await page.clock.fastForward(1);
  await here.reaches(TEXT, 'waiting-window');
  await expect(row).toContainText('Sending from another window');
  await expect(row).toHaveAccessibleName(/^You, .+, sending from another window$/);
  await page.clock.fastForward(12_999);
  await expect(here.action('Send from here', TEXT)).toHaveCount(0);
  await page.clock.fastForward(1);
  await expect(here.action('Send from here', TEXT)).toBeVisible();
  expect(await row.boundingBox()).toEqual(before);

  await server.faults.clear();
  await here.action('Send from here', TEXT).click();
  await expect(here.composer).toBeFocused();
  await page.clock.resume();
  await expect(here.root).toHaveAttribute('data-role-in-profile', 'sender');
  await expect(there.root).toHaveAttribute('data-role-in-profile', 'follower');
  await server.faults.release();
  for (const window of [here, there]) {
    await window.answered(2);
    await window.reaches(TEXT, 'sent');
  }
  expect(await said(server, chromium)).toEqual([['Where it begins.', TEXT]]);
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(2);
});
