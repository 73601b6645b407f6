// A server or a browser that dies at a bad moment loses nothing and doubles nothing.

import { Copilot, expect, test } from './harness.js';
import { letGo, MOMENTS } from './harness/moments.js';
import { hang, TURNS } from './harness/routes.js';
import { carriedOut, said, stored } from './harness/stored.js';

const TEXT = 'The queue grows by 200 messages a minute.';

for (const moment of MOMENTS) {
  test(`a restart of the server ${moment.name} loses nothing and doubles nothing`, async ({ server, chromium, copilot }) => {
    await moment.hold({ server, chromium, copilot });
    await copilot.say(TEXT);
    await moment.reached({ server, chromium, copilot }, TEXT);

    await server.kill();
    await expect(copilot.message(TEXT)).toHaveCount(1);
    await server.restart();
    await letGo({ server, chromium });
    if (moment.failed) {
      await copilot.reaches(TEXT, 'failed');
      await copilot.action('Retry', TEXT).click();
    }

    await copilot.answered(1);
    await copilot.reaches(TEXT, 'sent');
    await expect(copilot.mine).toHaveCount(1);
    expect(await said(server, chromium)).toEqual([[TEXT]]);
  });
}

/** What is promised to be safe from a kill of the browser; before it, only a tab may die. */
const DURABLE_AFTER_MS = 150;

for (const { name, rules } of [
  { name: 'before it reached the server', rules: [hang({ method: 'POST', path: '/api/v1/cases' })] },
  { name: 'while its answer was on the way', rules: [hang(TURNS, { commit: true })] },
]) {
  test(`a message that the browser was killed over, ${name}, is there again and is sent once`, async ({
    server,
    chromium,
    copilot,
  }) => {
    await server.faults.set(rules);
    await copilot.say(TEXT);
    // This span is what is tested: it stands for the person's next moment, not for something to happen.
    await copilot.page.evaluate((millis) => new Promise((resolve) => setTimeout(resolve, millis)), DURABLE_AFTER_MS);
    await chromium.kill();
    await chromium.restart();
    await server.faults.clear();
    await server.faults.release();

    const page = await chromium.page();
    await page.goto(server.origin);
    const after = new Copilot(page);
    await after.reaches(TEXT, 'sent');
    await after.answered(1);
    await expect(after.mine).toHaveCount(1);
    expect(await said(server, chromium)).toEqual([[TEXT]]);
    await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(1);
  });
}

test('an answer that was being worked on when the browser was closed is there at the next start', async ({
  server,
  chromium,
  copilot,
}) => {
  await server.faults.set([hang(TURNS, { commit: true })]);
  await copilot.say(TEXT);
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(1);
  await chromium.close();
  await server.faults.clear();
  await server.faults.release();
  await chromium.restart();
  const page = await chromium.page();
  await page.goto(server.origin);
  const after = new Copilot(page);
  await after.answered(1);
  await after.reaches(TEXT, 'sent');
  expect((await stored(server, chromium)).map(({ answers }) => answers)).toEqual([1]);
});
