// Without a route messages queue, the panel says so, and on return each is sent exactly once, in the order of writing.

import { expect, test, words } from './harness.js';
import { TURNS } from './harness/routes.js';
import { standalone } from './harness/standalone.js';
import { carriedOut, said } from './harness/stored.js';

/**
 * Two cases with one answered message each; returns their keys.
 * @param {import('./harness/copilot.js').Copilot} copilot
 */
async function twoCases(copilot) {
  await copilot.widen();
  await copilot.say('Checkout is slow.');
  await copilot.answered(1);
  const checkout = await copilot.caseKey();
  await copilot.newCase();
  await copilot.say('Kafka lags behind.');
  await copilot.answered(1);
  return { checkout, kafka: await copilot.caseKey() };
}

/**
 * Writes four messages, changing between two cases.
 * @param {import('./harness/copilot.js').Copilot} copilot
 * @param {{ checkout: string, kafka: string }} keys
 */
async function queueFour(copilot, { checkout, kafka }) {
  await copilot.say('Lag: first.');
  await copilot.show(checkout);
  await copilot.say('Checkout: first.');
  await copilot.say('Checkout: second.');
  await copilot.show(kafka);
  await copilot.say('Lag: second.');
}

const ALL_FOUR = [
  ['Checkout is slow.', 'Checkout: first.', 'Checkout: second.'],
  ['Kafka lags behind.', 'Lag: first.', 'Lag: second.'],
];

test('messages of two cases queue while the network is away and are sent once, in order, on return', async ({
  server,
  chromium,
  copilot,
}) => {
  const keys = await twoCases(copilot);
  await chromium.context.setOffline(true);
  await queueFour(copilot, keys);

  await expect(copilot.root).toHaveAttribute('data-link', 'offline');
  await copilot.reaches('Lag: first.', 'waiting-offline');
  await copilot.reaches('Lag: second.', 'waiting-offline');
  await expect(copilot.message('Lag: second.')).toContainText('Waiting to send');
  await expect(copilot.dock).toContainText(words("Offline. Sending 4 when you're back."));
  await expect(copilot.dock.getByRole('button', { name: 'Try now' })).toBeVisible();
  await expect(copilot.dock).toContainText('Enter adds to the queue');
  await expect(copilot.caseRow(keys.checkout)).toHaveAttribute('data-badge', 'waiting');
  await copilot.show(keys.checkout);
  await copilot.reaches('Checkout: first.', 'waiting-offline');
  await copilot.reaches('Checkout: second.', 'waiting-offline');

  await chromium.context.setOffline(false);
  await expect(copilot.root).toHaveAttribute('data-link', 'online');
  await copilot.answered(3);
  await copilot.reaches('Checkout: second.', 'sent');
  await copilot.show(keys.kafka);
  await copilot.answered(3);
  await expect(copilot.dock).not.toContainText('Offline');
  await expect(copilot.caseRow(keys.checkout)).toHaveAttribute('data-badge', 'none');
  expect(await said(server, chromium)).toEqual(ALL_FOUR);
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(6);
});

test('the queue survives a reload without a network', async ({ server, chromium, copilot }) => {
  await standalone(chromium, server);
  const keys = await twoCases(copilot);
  await chromium.context.setOffline(true);
  await queueFour(copilot, keys);
  await copilot.page.reload();
  await copilot.reaches('Lag: first.', 'waiting-offline');
  await copilot.reaches('Lag: second.', 'waiting-offline');
  await expect(copilot.dock).toContainText(words("Offline. Sending 4 when you're back."));
  await chromium.context.setOffline(false);
  await copilot.answered(3);
  await expect.poll(() => said(server, chromium)).toEqual(ALL_FOUR);
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(6);
});

test('messages to a server that is down are sent once, in order, when it is back', async ({ server, chromium, copilot }) => {
  const keys = await twoCases(copilot);
  await server.kill();
  await queueFour(copilot, keys);
  await expect(copilot.root).toHaveAttribute('data-link', 'offline');
  await expect(copilot.dock).toContainText(words("Offline. Sending 4 when you're back."));

  await server.restart();
  await copilot.dock.getByRole('button', { name: 'Try now' }).click();
  await copilot.answered(3);
  await expect(copilot.root).toHaveAttribute('data-link', 'online');
  await expect.poll(() => said(server, chromium)).toEqual(ALL_FOUR);
  await expect.poll(() => carriedOut(server, TURNS)).toHaveLength(4);
});

test('a server that comes back is noticed without anybody asking', async ({ server, chromium, copilot }) => {
  await copilot.say('Are you there?');
  await copilot.answered(1);
  await server.kill();
  await copilot.say('And now?');
  await expect(copilot.root).toHaveAttribute('data-link', 'offline');
  await server.restart();
  await expect(copilot.root).toHaveAttribute('data-link', 'online', { timeout: 35_000 });
  await copilot.answered(2);
  expect(await said(server, chromium)).toEqual([['Are you there?', 'And now?']]);
});

test('being offline with nothing to send is said without counting, and ends silently', async ({ chromium, copilot }) => {
  await chromium.context.setOffline(true);
  await expect(copilot.dock).toContainText('Offline.');
  await expect(copilot.dock).not.toContainText('Sending');
  await chromium.context.setOffline(false);
  await expect(copilot.dock).not.toContainText('Offline.');
});

test('a queued message is edited before it is sent: only the new text arrives', async ({ server, chromium, copilot }) => {
  await chromium.context.setOffline(true);
  await copilot.say('Restart node 7.');
  await copilot.reaches('Restart node 7.', 'waiting-offline');
  await copilot.action('Edit', 'Restart node 7.').click();
  await expect(copilot.mine).toHaveCount(0);
  await expect(copilot.composer).toHaveValue('Restart node 7.');
  await expect(copilot.composer).toBeFocused();
  await copilot.say('Restart node 9.');
  await chromium.context.setOffline(false);
  await copilot.answered(1);
  expect(await said(server, chromium)).toEqual([['Restart node 9.']]);
});

test('a queued message that is cancelled is never sent, and what follows it is', async ({ server, chromium, copilot }) => {
  await copilot.say('The first stays.');
  await copilot.answered(1);
  await chromium.context.setOffline(true);
  await copilot.say('The second goes.');
  await copilot.say('The third stays.');
  await copilot.reaches('The second goes.', 'waiting-offline');
  await copilot.message('The second goes.').hover();
  await copilot.action('Cancel', 'The second goes.').click();
  await expect(copilot.message('The second goes.')).toHaveCount(0);
  await chromium.context.setOffline(false);
  await copilot.answered(2);
  expect(await said(server, chromium)).toEqual([['The first stays.', 'The third stays.']]);
});
