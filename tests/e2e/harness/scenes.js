// The screens and states that are looked at from all sides: by axe, in both themes, at every width, in pictures.

import { expect } from '@playwright/test';
import { giveOwnTime, stop } from './clock.js';
import { Copilot } from './copilot.js';
import { damage } from './kept.js';
import { fillDatabases, fillLocalStorage, limit } from './quota.js';
import { answerWith, DELETE, hang, MESSAGES, REFRESH, TURNS } from './routes.js';
import { NO_MESSAGES, withoutAnswers } from './stored.js';
import { collide } from './titles.js';

/** The widths at which the layout has its own rules (ux §3), and themes. */
export const WIDTHS = [320, 400, 600, 1180];
export const THEMES = /** @type {const} */ (['dark', 'light']);

/**
 * @typedef {object} World
 * @property {import('./server.js').Server} server
 * @property {import('./chromium.js').Chromium} chromium
 *
 * @typedef {object} Scene
 * @property {string} name
 * @property {string} [says] What the server's model says; without it the built-in triage answers.
 * @property {(world: World) => Promise<import('@playwright/test').Page>} arrange Returns when the scene stands.
 */

const QUESTION = 'Pool wait is 3.6 s, exec is flat. Is that enough to blame the pool?';
const LATER = 'Rolling back to v3.17 now. What should I watch to be sure it worked?';
const LAST = 'And two pods restart with OOMKilled, is that the same thing?';
const LOG = Array.from(
  { length: 130 },
  (_, n) =>
    `2026-08-18T09:${String(10 + Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}Z ` +
    (n > 50 && n % 4 === 0 ? `ERROR pool wait 3${n} ms, 40 of 40 in use` : `INFO GET /cart 200 in ${20 + (n % 9)} ms`),
).join('\n');

/** What an answer can be made of. */
const EVERYTHING = `Flat errors with a **20× p99** mean that requests *wait*, ~~fail~~ \`pool.max\`:

1. **Connection pool.** \`v3.18\` halved it, see [the runbook](https://runbooks.example/pool).
2. Replica lag
   - after the failover
   - of \`pg-2\`

- [x] Exec time is flat
- [ ] Pool wait is flat

> The pool is shared by both services.

\`\`\`promql
histogram_quantile(0.99, sum by (le) (
  rate(db_pool_wait_seconds_bucket{app="checkout-api"}[5m])))
\`\`\`

| Signal | 10:30 | 10:45 | Change |
|---|---:|---:|---:|
| p99 | 210 ms | 4.1 s | ×19.5 |
| pool wait | 2 ms | 3.6 s | ×1800 |

\`\`\`mermaid
graph LR
  LB --> api
  api --> db[(db-2)]
\`\`\`
`;

/** @param {World} world */
async function panel({ server, chromium }) {
  const page = await chromium.page();
  await page.goto(server.url);
  const copilot = new Copilot(page);
  await expect(copilot.composer).toBeVisible();
  return copilot;
}

/** @param {World} world */
async function answered(world) {
  const copilot = await panel(world);
  await copilot.paste(LOG);
  await copilot.say(QUESTION);
  await copilot.answered(1);
  return copilot;
}

/** @type {Scene[]} */
export const SCENES = [
  {
    name: 'sign-in',
    arrange: async ({ server, chromium }) => {
      const page = await chromium.page();
      await page.goto(server.origin);
      await expect(page.getByText(/^Reachable/)).toBeVisible();
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await expect(page.getByRole('textbox', { name: 'Username', exact: true })).toHaveAttribute('aria-invalid', 'true');
      return page;
    },
  },
  {
    name: 'trouble-connecting',
    arrange: async ({ server, chromium }) => {
      const page = await chromium.page();
      await page.goto(server.origin);
      await page.getByRole('button', { name: 'Trouble connecting?', exact: true }).click();
      await expect(page.getByText(/^Reachable/)).toBeVisible();
      return page;
    },
  },
  { name: 'first-run', arrange: async (world) => (await panel(world)).page },
  { name: 'conversation', arrange: async (world) => (await answered(world)).page },
  {
    name: 'thinking',
    arrange: async (world) => {
      const copilot = await answered(world);
      await world.server.faults.set([hang(TURNS)]);
      await copilot.say(LATER);
      await expect(copilot.thinking).toHaveCount(1);
      return copilot.page;
    },
  },
  {
    name: 'failed',
    arrange: async (world) => {
      const copilot = await answered(world);
      await world.server.faults.set([answerWith(TURNS, 501)]);
      await copilot.say(LATER);
      await copilot.say(LAST);
      await copilot.reaches(LAST, 'blocked');
      await expect(copilot.dock).toContainText('2 not sent');
      return copilot.page;
    },
  },
  {
    name: 'needs-change',
    arrange: async (world) => {
      const copilot = await answered(world);
      await world.server.faults.set([answerWith(TURNS, 402, { code: 'QUOTA_EXHAUSTED' })]);
      await copilot.say(LATER);
      await copilot.reaches(LATER, 'failed-needs-change');
      await expect(copilot.dock).toContainText('1 not sent. It needs a change first.');
      return copilot.page;
    },
  },
  {
    name: 'unconfirmed',
    arrange: async (world) => {
      const copilot = await answered(world);
      await world.server.faults.set([{ match: TURNS, fault: { kind: 'truncate', bytes: 40 } }, answerWith(MESSAGES, 500)]);
      await copilot.say(LATER);
      // Five tries, with the waits between them.
      await expect(copilot.message(LATER)).toContainText('It may have arrived.', { timeout: 60_000 });
      return copilot.page;
    },
  },
  {
    name: 'stopped',
    arrange: async (world) => {
      const copilot = await answered(world);
      await world.server.faults.set([hang(TURNS, { commit: true }), answerWith(MESSAGES, 500)]);
      await copilot.say(LATER);
      await copilot.thinking.getByRole('button', { name: 'Stop' }).click();
      await expect(copilot.message(LATER)).toContainText('Stopped. It may have arrived.');
      return copilot.page;
    },
  },
  {
    name: 'answer-missing',
    arrange: async (world) => {
      await giveOwnTime(world.chromium);
      const copilot = await panel(world);
      await world.server.faults.set([answerWith(MESSAGES, 200, { body: NO_MESSAGES })]);
      await stop(copilot.page);
      await copilot.say(QUESTION);
      await copilot.answered(1);
      await world.server.faults.set([answerWith(MESSAGES, 200, { body: await withoutAnswers(world.server, world.chromium) })]);
      await copilot.page.clock.fastForward(61_000);
      await expect(copilot.answers.first()).toHaveAttribute('data-state', 'only-here');
      await copilot.page.clock.resume();
      return copilot.page;
    },
  },
  {
    name: 'ended-meanwhile',
    arrange: async (world) => {
      const copilot = await answered(world);
      await world.server.faults.set([answerWith(TURNS, 409, { code: 'CASE_TERMINAL' })]);
      await copilot.say(LATER);
      await copilot.reaches(LATER, 'failed-needs-change');
      return copilot.page;
    },
  },
  {
    name: 'busy',
    arrange: async (world) => {
      const copilot = await answered(world);
      const busy = { code: 'RATE_LIMIT_EXCEEDED', retry_after: { seconds: 110 } };
      await world.server.faults.set([answerWith(TURNS, 429, busy)]);
      await copilot.say(LATER);
      await copilot.reaches(LATER, 'waiting-busy');
      return copilot.page;
    },
  },
  {
    name: 'reading',
    arrange: async (world) => {
      const copilot = await answered(world);
      await copilot.say(LATER);
      await copilot.answered(2);
      await world.server.faults.set([hang(TURNS, { commit: true })]);
      await copilot.say(LAST);
      await copilot.conversation.hover();
      await copilot.page.mouse.wheel(0, -2_000);
      await expect(copilot.page.getByRole('button', { name: /^Jump to latest/ })).toBeVisible();
      await world.server.faults.letGo();
      await expect(copilot.page.getByRole('button', { name: 'Jump to latest · 1 new' })).toBeVisible();
      return copilot.page;
    },
  },
  {
    name: 'markdown',
    says: EVERYTHING,
    arrange: async (world) => {
      const copilot = await panel(world);
      await copilot.say('What is it?');
      await copilot.answered(1);
      await expect(copilot.answers.getByRole('img', { name: /^Diagram/ })).toBeVisible();
      return copilot.page;
    },
  },
  {
    name: 'conflict',
    arrange: async (world) => {
      const copilot = await panel(world);
      const words = { question: QUESTION, mine: 'Checkout p99: pool halved in v3.18', theirs: 'Checkout latency incident' };
      await collide(world, copilot, words);
      return copilot.page;
    },
  },
  {
    name: 'damaged',
    arrange: async (world) => {
      const copilot = await answered(world);
      await damage(copilot.page, 'no record');
      await copilot.page.reload();
      await expect(copilot.page.locator('[data-notice="damaged"]')).toBeVisible();
      await copilot.answered(1);
      return copilot.page;
    },
  },
  {
    name: 'storage-full',
    arrange: async ({ server, chromium }) => {
      const page = await chromium.page();
      await limit(page, server.origin, 4 * 2 ** 20);
      await page.goto(server.url);
      const copilot = new Copilot(page);
      await copilot.say(QUESTION);
      await copilot.answered(1);
      await copilot.say(LAST);
      await copilot.answered(2);
      await fillLocalStorage(page);
      await fillDatabases(page);
      await copilot.say(LATER.repeat(20));
      await expect(page.locator('[data-notice="storage-full"]').getByRole('button', { name: /^Free / })).toBeVisible();
      return page;
    },
  },
  {
    name: 'storage-unavailable',
    arrange: async (world) => {
      await world.chromium.context.addInitScript(() => Reflect.defineProperty(window, 'indexedDB', { value: null }));
      const copilot = await panel(world);
      await expect(copilot.page.locator('[data-notice="storage-unavailable"]')).toBeVisible();
      return copilot.page;
    },
  },
  {
    name: 'other-window',
    arrange: async (world) => {
      const { server, chromium } = world;
      await giveOwnTime(chromium);
      await answered(world);
      const page = await chromium.context.newPage();
      await page.goto(server.origin);
      const copilot = new Copilot(page);
      await copilot.answered(1);
      await server.faults.set([hang(TURNS)]);
      await copilot.say(LATER);
      await page.clock.fastForward(15_000);
      await expect(copilot.message(LATER).getByRole('button', { name: /^Send from here/ })).toBeVisible();
      return page;
    },
  },
  {
    name: 'offline',
    arrange: async (world) => {
      const copilot = await answered(world);
      await world.chromium.context.setOffline(true);
      await copilot.say(LATER);
      await copilot.say(LAST);
      await copilot.reaches(LAST, 'waiting-offline');
      await expect(copilot.dock).toContainText('Sending 2');
      return copilot.page;
    },
  },
  {
    name: 'signed-out',
    arrange: async (world) => {
      const copilot = await answered(world);
      const no = { headers: { 'www-authenticate': 'Bearer' } };
      await world.server.faults.set([answerWith(TURNS, 401, no), answerWith(REFRESH, 401, no)]);
      await copilot.say(LATER);
      await copilot.reaches(LATER, 'waiting-sign-in');
      await copilot.dock.getByRole('button', { name: 'Sign in to send' }).click();
      await expect(copilot.page.getByRole('dialog')).toBeVisible();
      return copilot.page;
    },
  },
  {
    name: 'attachments',
    arrange: async (world) => {
      const copilot = await panel(world);
      await copilot.paste(LOG);
      await copilot.paste('x'.repeat(11 * 2 ** 20));
      await copilot.composer.fill(QUESTION);
      await expect(copilot.dock).toContainText('the limit is 10 MB');
      return copilot.page;
    },
  },
  {
    name: 'cases',
    arrange: async (world) => {
      const copilot = await answered(world);
      await copilot.newCase();
      await world.server.faults.set([answerWith(TURNS, 422)]);
      await copilot.say(LAST);
      await copilot.reaches(LAST, 'failed-needs-change');
      await copilot.newCase();
      await world.chromium.context.setOffline(true);
      await copilot.say('Kafka consumer lag in billing grows.');
      await copilot.reaches('Kafka consumer lag in billing grows.', 'waiting-offline');
      await copilot.openCases();
      return copilot.page;
    },
  },
  {
    name: 'renaming',
    arrange: async (world) => {
      const copilot = await answered(world);
      await world.server.faults.set([hang(DELETE)]);
      await copilot.newCase();
      await copilot.say(LAST);
      await copilot.answered(1);
      await copilot.openCases();
      await copilot.page.keyboard.press('Delete');
      await expect(copilot.page.getByText(/^Deleted “/)).toBeVisible();
      await copilot.page.keyboard.press('F2');
      await expect(copilot.caseRows.getByRole('textbox')).toBeFocused();
      // The offer stays while it is looked at.
      await copilot.page.getByText(/^Deleted “/).hover();
      return copilot.page;
    },
  },
  {
    name: 'search',
    arrange: async (world) => {
      const copilot = await answered(world);
      await copilot.openCases();
      await copilot.page.getByRole('searchbox', { name: 'Search cases' }).fill('grafana');
      await expect(copilot.page.getByText(/^Nothing matches “grafana”/)).toBeVisible();
      return copilot.page;
    },
  },
  {
    name: 'case-menu',
    arrange: async (world) => {
      const copilot = await answered(world);
      await copilot.openCases();
      await copilot.currentCase.getByRole('button', { name: /^More for/ }).click();
      await expect(copilot.page.getByRole('menu')).toBeVisible();
      return copilot.page;
    },
  },
  {
    name: 'settings',
    arrange: async (world) => {
      const copilot = await panel(world);
      await copilot.page.getByRole('button', { name: 'Settings', exact: true }).click();
      await copilot.page.getByRole('button', { name: 'Test', exact: true }).click();
      await expect(copilot.page.getByText(/^Reachable/)).toBeVisible();
      return copilot.page;
    },
  },
  {
    name: 'freed',
    arrange: async (world) => {
      const copilot = await answered(world);
      await copilot.say(LATER);
      await copilot.answered(2);
      await copilot.composer.press('Control+k');
      await copilot.page.getByRole('combobox').fill('settings');
      await copilot.page.keyboard.press('Enter');
      const device = copilot.page.getByRole('region', { name: 'On this device' });
      await device.getByRole('button', { name: /^Free \d/ }).click();
      await expect(device).toContainText(/Freed \d/);
      await device.scrollIntoViewIfNeeded();
      return copilot.page;
    },
  },
  {
    name: 'import',
    arrange: async (world) => {
      const copilot = await panel(world);
      await copilot.page.getByRole('button', { name: 'Settings', exact: true }).click();
      const choosing = copilot.page.waitForEvent('filechooser');
      await copilot.page.getByRole('button', { name: 'Import', exact: true }).click();
      const buffer = Buffer.from('{"conversationTitles":{"c-7":"Checkout 503"}}');
      await (await choosing).setFiles({ name: 'earlier.json', mimeType: 'application/json', buffer });
      await copilot.page.getByRole('group', { name: 'Import' }).scrollIntoViewIfNeeded();
      return copilot.page;
    },
  },
  {
    name: 'sign-out',
    arrange: async (world) => {
      const copilot = await answered(world);
      await world.chromium.context.setOffline(true);
      await copilot.say(LATER);
      await copilot.reaches(LATER, 'waiting-offline');
      await copilot.composer.press('Control+k');
      await copilot.page.getByRole('combobox').fill('settings');
      await copilot.page.keyboard.press('Enter');
      await copilot.page.getByRole('button', { name: 'Sign out', exact: true }).click();
      await expect(copilot.page.getByRole('alertdialog')).toBeVisible();
      return copilot.page;
    },
  },
  {
    name: 'high-contrast',
    arrange: async (world) => {
      const copilot = await answered(world);
      await copilot.composer.press('Control+k');
      await copilot.page.getByRole('combobox').fill('settings');
      await copilot.page.keyboard.press('Enter');
      await copilot.page.getByRole('switch', { name: /^High contrast/ }).click();
      await copilot.page.keyboard.press('Escape');
      await expect(copilot.root).toHaveAttribute('data-contrast', 'more');
      return copilot.page;
    },
  },
  {
    name: 'palette',
    arrange: async (world) => {
      const copilot = await answered(world);
      await copilot.composer.press('Control+k');
      await copilot.page.getByRole('combobox', { name: 'Command palette' }).fill('re');
      await expect(copilot.page.getByRole('option').first()).toBeVisible();
      return copilot.page;
    },
  },
  {
    name: 'shortcuts',
    arrange: async (world) => {
      const copilot = await panel(world);
      await copilot.composer.press('Control+/');
      await expect(copilot.page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
      return copilot.page;
    },
  },
  {
    name: 'inspector',
    arrange: async (world) => {
      const copilot = await answered(world);
      await world.server.faults.set([answerWith(TURNS, 422)]);
      await copilot.say(LATER);
      await copilot.reaches(LATER, 'failed-needs-change');
      await copilot.say(LAST);
      await copilot.reaches(LAST, 'blocked');
      await copilot.page.getByRole('button', { name: /Sync inspector$/ }).first().click();
      await expect(copilot.page.getByRole('list', { name: 'Operations' }).getByRole('listitem')).toHaveCount(2);
      await copilot.page.getByRole('list', { name: 'Operations' }).getByRole('button').first().click();
      return copilot.page;
    },
  },
  {
    name: 'details',
    arrange: async (world) => {
      const copilot = await answered(world);
      await copilot.page.getByRole('button', { name: 'Details', exact: true }).click();
      await expect(copilot.page.getByRole('dialog', { name: 'Case details' })).toBeVisible();
      return copilot.page;
    },
  },
  {
    name: 'status-menu',
    arrange: async (world) => {
      const copilot = await answered(world);
      await copilot.page.getByRole('button', { name: /^Status:/ }).click();
      await copilot.page.getByRole('menuitem', { name: 'Close case' }).click();
      await expect(copilot.page.getByRole('menu', { name: 'Close this case?' })).toBeVisible();
      return copilot.page;
    },
  },
  {
    name: 'answer-menu',
    arrange: async (world) => {
      const copilot = await answered(world);
      await copilot.answers.last().getByRole('button', { name: /^More message/ }).click();
      await expect(copilot.page.getByRole('menu')).toBeVisible();
      return copilot.page;
    },
  },
  {
    name: 'ended',
    arrange: async (world) => {
      const copilot = await answered(world);
      await copilot.page.getByRole('button', { name: /^Status:/ }).click();
      await copilot.page.getByRole('menuitem', { name: 'Close case' }).click();
      await copilot.page.getByRole('menuitem', { name: 'Close', exact: true }).click();
      await expect(copilot.dock).toContainText('Questions and reports still work here');
      await copilot.answered(2);
      return copilot.page;
    },
  },
];

/**
 * Shows a scene in a theme and width, without anything that moves.
 * @param {import('@playwright/test').Page} page
 * @param {'dark' | 'light'} theme
 * @param {number} width
 */
export async function shown(page, theme, width) {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await page.setViewportSize({ width, height: 860 });
  await page.waitForFunction((theme) => matchMedia(`(prefers-color-scheme: ${theme})`).matches, theme);
  await still(page);
}

/**
 * Waits until nothing moves any more.
 * @param {import('@playwright/test').Page} page
 */
export async function still(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const places = () =>
      [...document.querySelectorAll('article, header, footer, [role="log"] *')]
        .map((part) => Math.round(part.getBoundingClientRect().top))
        .join();
    // Rows are measured, replaced and scrolled to over several frames; ten equal ones are the end of that.
    for (let [same, last] = [0, '']; same < 10; ) {
      await frame();
      const now = places();
      same = now === last ? same + 1 : 0;
      last = now;
    }
    const moving = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(moving.map(({ finished }) => finished));
  });
}
