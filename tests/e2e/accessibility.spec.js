// Every scene passes axe in both themes at every width, never scrolls sideways and is large enough for fingers; what is
// said aloud; rows keep their height.
// `keyboard.spec.js` does the work without a mouse.

import AxeBuilder from '@axe-core/playwright';
import { expect, test, words } from './harness.js';
import { tooWide } from './harness/layout.js';
import { answerWith, hang, REFRESH, TURNS } from './harness/routes.js';
import { SCENES, shown, still, THEMES, WIDTHS } from './harness/scenes.js';
import { spoken } from './harness/spoken.js';

// A bound for something that hangs: axe looks eight times, and a busy machine takes its time.
test.describe.configure({ timeout: 240_000 });

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What a finger needs, in pixels (ux §3). */
const HIT = 44;

/**
 * The controls that a finger would miss: less than 44 px high or wide, by their own size or by the invisible edge around
 * them. Words inside of a line, what is covered by a layer and what is scrolled out of sight do not count.
 * @param {import('@playwright/test').Page} page
 */
async function tooSmall(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setTouchEmulationEnabled', { enabled: true });
  await page.waitForFunction(
    (hit) => getComputedStyle(/** @type {Element} */ (document.querySelector('.fm'))).getPropertyValue('--fm-hit') === `${hit}px`,
    HIT,
  );
  await still(page);
  const small = await page.evaluate((hit) => {
    const reach = hit / 2 - 1;
    /** @type {string[]} */
    const small = [];
    for (const control of document.querySelectorAll('button, a[href], [role="menuitem"], input, textarea, summary')) {
      const box = control.getBoundingClientRect();
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      const at = (/** @type {number} */ x, /** @type {number} */ y) => {
        const found = document.elementFromPoint(x, y);
        return found !== null && (control.contains(found) || found.closest('label')?.contains(control) === true);
      };
      const name = control.getAttribute('aria-label') ?? control.textContent?.trim() ?? '';
      const scroller = control.closest('[role="log"], .page, .cases-scroll, .palette-list, .chips, .sheet-body');
      const view = (scroller ?? document.documentElement).getBoundingClientRect();
      const inside = x > view.left + reach && y > view.top + reach && x < view.right - reach && y < view.bottom - reach;
      if (!inside || box.width < 2 || !at(x, y) || control.closest('p, .prose')) {
        continue;
      }
      const missed = [[0, -reach], [0, reach], [-reach, 0], [reach, 0]].filter(([dx, dy]) => !at(x + dx, y + dy));
      if (missed.length > 0) {
        small.push(`${name || control.className} (${control.tagName.toLowerCase()}.${control.className}): ${missed.join(' | ')}`);
      }
    }
    return small;
  }, HIT);
  await session.detach();
  return small;
}

/** @param {import('@playwright/test').Page} page */
async function violations(page) {
  // The panel has no frames of other origins, for which axe would gather its results in a page of their own.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).withTags(RULES).setLegacyMode(true);
  const { violations: found } = await axe.analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

for (const { name, says, arrange } of SCENES) {
  const run = says === undefined ? test : spoken(says);
  run(`${name} passes axe, never scrolls sideways and fits fingers, dark and light, from ${WIDTHS[0]} to ${WIDTHS.at(-1)} px`, async ({
    server,
    chromium,
  }) => {
    const page = await arrange({ server, chromium });
    // Width by width: a drawer becomes a sidebar at the last of them.
    for (const width of WIDTHS) {
      for (const theme of THEMES) {
        await shown(page, theme, width);
        expect.soft(await violations(page), `${theme}, ${width} px`).toEqual([]);
        expect.soft(await tooWide(page), `${theme}, ${width} px`).toEqual([]);
      }
    }
    await shown(page, 'dark', 400);
    expect.soft(await tooSmall(page), 'for fingers').toEqual([]);
  });
}

const TEXT = 'Pool wait is down to 900 ms.';
/** One line of text, in every state but the failed ones (ux §5). */
const ROW_HEIGHT = 61;
/** What a failed row is higher by: the reason and the actions (ux §5). */
const FAILED_BY = 71;

test('a row has the same height in every state, and only a failed one grows', async ({ server, chromium, copilot }) => {
  const height = async (/** @type {string} */ state, text = TEXT) => {
    await copilot.reaches(text, state);
    return [state, (await copilot.message(text).boundingBox())?.height];
  };
  /** @type {(rule?: import('./harness/faults.js').Rule) => Promise<void>} */
  const next = async (...rules) => {
    await server.faults.set(rules);
    await copilot.newCase();
    await copilot.say(TEXT);
  };
  const no = { headers: { 'www-authenticate': 'Bearer' } };
  await copilot.widen();
  await copilot.say(TEXT);
  await copilot.answered(1);
  const heights = [await height('sent')];
  await next({ match: TURNS, fault: { kind: 'hang' } });
  heights.push(await height('echoed'));
  await server.faults.letGo();
  await copilot.answered(1);
  await next(
    { match: TURNS, when: { count: 1 }, fault: { kind: 'truncate' } },
    { match: TURNS, latency_ms: 2000, fault: { kind: 'none' } },
  );
  heights.push(await height('checking'));
  await copilot.answered(1);
  await next(answerWith(TURNS, 501));
  const [, failed] = await height('failed');
  await copilot.say('Two more pods.');
  heights.push(await height('blocked', 'Two more pods.'));
  await chromium.context.setOffline(true);
  await next();
  heights.push(await height('waiting-offline'));
  await chromium.context.setOffline(false);
  await next(answerWith(TURNS, 401, no), answerWith(REFRESH, 401, no));
  heights.push(await height('waiting-sign-in'));
  expect(heights).toEqual(heights.map(([state]) => [state, ROW_HEIGHT]));
  expect(failed).toBe(ROW_HEIGHT + FAILED_BY);
});

test('a row that waits for a busy server has the height of the others', async ({ server, copilot }) => {
  await server.faults.set([answerWith(TURNS, 429, { code: 'RATE_LIMIT_EXCEEDED', retry_after: { seconds: 60 } })]);
  await copilot.say(TEXT);
  await copilot.reaches(TEXT, 'waiting-busy');
  expect((await copilot.message(TEXT).boundingBox())?.height).toBe(ROW_HEIGHT);
});

/**
 * Collects what the two hidden regions say from now on, in order.
 * @param {import('@playwright/test').Page} page
 */
async function listen(page) {
  await page.evaluate(() => {
    /** @type {string[]} */
    const heard = [];
    for (const role of ['status', 'alert']) {
      for (const region of document.querySelectorAll(`[role="${role}"]`)) {
        const hear = () => region.textContent?.trim() && heard.push(`${role}: ${region.textContent.trim()}`);
        new MutationObserver(hear).observe(region, { childList: true, characterData: true, subtree: true });
      }
    }
    Object.assign(window, { heard });
  });
  // @ts-expect-error: written above
  return () => page.evaluate(() => window.heard);
}

test('sending, waiting, failing and coming back are announced once each', async ({ server, chromium, copilot }) => {
  const heard = await listen(copilot.page);
  await copilot.say('First.');
  await copilot.answered(1);
  await expect.poll(heard).toContain('status: Answer complete');

  await chromium.context.setOffline(true);
  await copilot.say('Second.');
  await expect.poll(heard).toContain('status: Waiting, offline');
  expect(await heard(), 'without a queue there is nothing to be all sent').not.toContain('status: All sent');
  await chromium.context.setOffline(false);
  await copilot.answered(2);
  await expect.poll(heard).toEqual(expect.arrayContaining(['status: Back online, sending 1', 'status: All sent']));

  await server.faults.set([answerWith(TURNS, 402, { code: 'QUOTA_EXHAUSTED' })]);
  await copilot.say('Third.');
  await expect.poll(heard).toContain('alert: Message not sent. The monthly limit of this plan is used up.');
  await copilot.action('Discard', 'Third.').click();
  await expect.poll(async () => (await heard()).at(-1)).toMatch(/^status: Discarded/);
  const once = (await heard()).filter((/** @type {string} */ text) => /Waiting, offline|Back online|All sent|not sent/.test(text));
  expect(once.toSorted()).toEqual([...new Set(once)].toSorted());
});

test('an answer is announced when it is begun and when it is complete, in the case that is open', async ({ server, copilot }) => {
  await copilot.widen();
  const heard = await listen(copilot.page);
  await server.faults.set([hang(TURNS)]);
  await copilot.say('First.');
  const first = await copilot.caseKey();
  await expect.poll(heard).toEqual(['status: Answer started']);
  await copilot.newCase();
  await copilot.show(first);
  await expect(copilot.thinking).toBeVisible();
  await server.faults.letGo();
  await expect.poll(heard).toContain('status: Answer complete');
  const answers = (await heard()).filter((/** @type {string} */ text) => text.includes('Answer'));
  expect(answers, 'what is found on the way back does not begin then').toEqual(['status: Answer started', 'status: Answer complete']);
});

test('a message that the server takes to answer later is announced as sent', async ({ copilot }) => {
  const heard = await listen(copilot.page);
  await copilot.paste('2026-08-18T09:10:03Z ERROR pool wait\n'.repeat(10_000));
  await copilot.say('What is in this?');
  await expect.poll(heard).toContain('status: Message sent');
  await copilot.answered(1);
  await expect.poll(heard).toContain('status: Answer complete');
});

test('landmarks, the heading and the rows have their names', async ({ copilot }) => {
  await copilot.widen();
  await copilot.say(TEXT);
  await copilot.answered(1);
  const { page } = copilot;
  await expect(page.getByRole('banner')).toHaveCount(1);
  await expect(page.getByRole('main')).toHaveCount(1);
  await expect(copilot.dock).toHaveCount(1);
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expect(copilot.conversation).toHaveAttribute('aria-live', 'off');
  await expect(copilot.mine).toHaveAccessibleName(/^You, \d\d:\d\d/);
  await expect(copilot.answers).toHaveAccessibleName(/^FaultMaven, \d\d:\d\d$/);
  await expect(copilot.list.getByRole('heading', { level: 2 })).toHaveText(/Active/);
  await expect(copilot.root).toHaveAttribute('data-role-in-profile', 'sender');
  await expect(page.getByText(words("Can't reach"))).toHaveCount(0);
});
