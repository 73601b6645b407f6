// Starting while the server is down: what was read stays readable, what is written is kept and sent later.

import { Copilot, expect, test } from './harness.js';
import { TURNS } from './harness/routes.js';
import { standalone } from './harness/standalone.js';
import { carriedOut, said } from './harness/stored.js';

test('with the server down at start everything is readable, and a message is taken and sent later', async ({
  server,
  chromium,
  copilot,
}) => {
  await copilot.widen();
  await copilot.say('Checkout is slow.');
  await copilot.answered(1);
  const checkout = await copilot.caseKey();
  const answer = await copilot.answers.innerText();
  const title = await copilot.caseRow(checkout).innerText();
  await copilot.newCase();
  await copilot.say('Kafka lags behind.');
  await copilot.answered(1);
  const kafka = await copilot.caseKey();
  await chromium.close();
  await server.kill();

  await chromium.restart();
  await standalone(chromium, server);
  const page = await chromium.page();
  await page.goto(server.origin);
  const after = new Copilot(page);
  await after.widen();
  await expect(after.caseRows).toHaveCount(2);
  await expect(after.message('Kafka lags behind.')).toBeVisible();
  await after.answered(1);
  await expect(after.dock).toContainText('Offline.');
  await after.show(checkout);
  await expect(after.message('Checkout is slow.')).toBeVisible();
  expect(await after.answers.innerText()).toBe(answer);
  expect((await after.caseRow(checkout).innerText()).split('\n')[0]).toBe(title.split('\n')[0]);

  await after.say('Is it still slow?');
  await after.reaches('Is it still slow?', 'waiting-offline');
  await after.newCase();
  await after.say('And DNS?');
  await after.reaches('And DNS?', 'waiting-offline');
  await after.show(kafka);
  await expect(after.mine).toHaveCount(1);

  await server.restart();
  await after.dock.getByRole('button', { name: 'Try now' }).click();
  await after.show(checkout);
  await after.answered(2);
  await expect.poll(() => said(server, chromium)).toEqual([
    ['Checkout is slow.', 'Is it still slow?'],
    ['Kafka lags behind.'],
    ['And DNS?'],
  ]);
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(2);
});

test('a first start without a server offers the form, and goes on by the link once the server is there', async ({
  server,
  chromium,
}) => {
  await standalone(chromium, server);
  await server.kill();
  const page = await chromium.page();
  await page.goto(server.origin);
  const address = page.getByRole('textbox', { name: 'Server address', exact: true });
  await expect(address).toHaveAccessibleDescription(/Can['’]t reach this address/);
  await server.restart();
  await page.goto(server.url);
  await expect(new Copilot(page).composer).toBeVisible();
});

test('a server that answers nothing but errors at start takes nothing away', async ({ server, chromium, copilot }) => {
  await copilot.say('Disk of db-2 is full.');
  await copilot.answered(1);
  await expect(copilot.page.getByRole('heading', { level: 1 }), 'the server names the case').not.toContainText('Chat-');
  await server.faults.set([{ match: { path: '/api/**' }, fault: { kind: 'status', status: 500 } }]);
  await copilot.page.reload();
  await expect(copilot.message('Disk of db-2 is full.')).toBeVisible();
  await copilot.answered(1);
  await copilot.say('Node 7?');
  await expect(copilot.message('Node 7?')).toBeVisible();
  await server.faults.clear();
  await copilot.answered(2);
  expect(await said(server, chromium)).toEqual([['Disk of db-2 is full.', 'Node 7?']]);
});

test('a panel that stops says so, and everything is there after its Reload', async ({ copilot, complaints }) => {
  await copilot.say('Disk of db-2 is full.');
  await copilot.answered(1);
  await copilot.composer.fill('a draft');
  await copilot.page.evaluate(() => {
    // A module whose only function traps, as a program that gives up does.
    const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11];
    const trap = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes))).exports.f;
    setTimeout(/** @type {() => void} */ (trap));
  });
  const alert = copilot.page.getByRole('alert').filter({ hasText: 'FaultMaven Copilot stopped because of a defect.' });
  await expect(alert).toContainText('What you wrote earlier is still on this device.');
  expect(complaints.splice(0), 'what stopped it').toEqual([expect.stringContaining('unreachable')]);
  await copilot.page.getByRole('button', { name: 'Reload' }).click();
  await expect(copilot.message('Disk of db-2 is full.')).toBeVisible();
  await expect(copilot.composer).toHaveValue('a draft');
});
