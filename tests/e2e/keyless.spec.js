// Servers of the queries dialect, some of which keep no idempotency keys: what may have arrived is looked for, and sent
// again only when it is not there.

import { bundle } from './harness/environment.js';
import { expect, test as base } from './harness.js';
import { hang, QUERIES } from './harness/routes.js';
import { Server } from './harness/server.js';
import { arrived } from './harness/stored.js';

const test = base.extend({
  server: async ({}, use) => {
    const server = await Server.start('', bundle, 'queries');
    await use(server);
    await server.dispose();
  },
});

test('a message whose network went away while it was being answered is found and not sent again', async ({
  server,
  chromium,
  copilot,
}) => {
  await copilot.say('Checkout is slow.');
  await copilot.answered(1);
  await server.faults.set([hang(QUERIES, { commit: true })]);
  await copilot.say('Since the deploy at 09:10.');
  const carriedOut = async () => (await arrived(server, QUERIES)).filter(({ committed }) => committed);
  await expect.poll(carriedOut).toHaveLength(2);
  await chromium.context.setOffline(true);
  await expect(copilot.root).toHaveAttribute('data-link', 'offline');
  // What ends the request: connections that stand are not touched by the browser's switch. The server is back only when
  // the browser has given up, which tries once more by itself.
  const givenUp = copilot.page.waitForEvent('requestfailed', (request) => request.url().endsWith('/queries'));
  await server.kill();
  await givenUp;
  await server.restart();

  await chromium.context.setOffline(false);
  await copilot.answered(2);
  await copilot.reaches('Since the deploy at 09:10.', 'sent');
  // Messages of a case go in order: with this one answered, nothing of the one before is still to come.
  await copilot.say('Only in eu-west.');
  await copilot.answered(3);
  await expect(copilot.mine).toHaveText([/^Checkout is slow\./, /^Since the deploy at 09:10\./, /^Only in eu-west\./]);
  await expect.poll(() => arrived(server, QUERIES), 'all that came after the restart').toHaveLength(1);
});
