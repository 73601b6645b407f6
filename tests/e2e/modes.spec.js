// What people asked their system for: colours of its own, more contrast, a script that runs from right to left.
// Less motion is in `motion.spec.js`.

import { expect } from './harness.js';
import { answerWith, TURNS } from './harness/routes.js';
import { still } from './harness/scenes.js';
import { spoken } from './harness/spoken.js';

const test = spoken('It is the pool:\n\n```sh\nkubectl -n shop get pods\n```\n\n| Signal | Now |\n|---|---|\n| p99 | 4.1 s |');

/**
 * A case with a log, an answer and a message that was not sent.
 * @param {import('./harness/server.js').Server} server
 * @param {import('./harness/copilot.js').Copilot} copilot
 */
async function arrange(server, copilot) {
  await copilot.paste('2026-08-18T09:10:03Z ERROR pool wait 3600 ms\n'.repeat(120));
  await copilot.say('Checkout is slow.');
  await copilot.answered(1);
  await server.faults.set([answerWith(TURNS, 501)]);
  await copilot.say('And now?');
  await copilot.reaches('And now?', 'failed');
}

test('with the colours of the system every surface has an edge', async ({ server, copilot }) => {
  const { page } = copilot;
  await page.emulateMedia({ forcedColors: 'active' });
  await arrange(server, copilot);
  const withoutEdge = () =>
    page.evaluate(() =>
      ['.bubble', '.card', '.strip', '.composer', '.menu', '.drawer', '.dialog', '.pill', '.badge'].flatMap((surface) =>
        [...document.querySelectorAll(surface)]
          .filter((part) => {
            const { borderBlockEndStyle, borderBlockEndWidth, boxShadow } = getComputedStyle(part);
            return borderBlockEndStyle === 'none' || borderBlockEndWidth === '0px' || boxShadow !== 'none';
          })
          .map((part) => `${surface}: ${part.textContent?.slice(0, 40)}`),
      ),
    );
  expect(await withoutEdge()).toEqual([]);
  for (const keys of ['ControlOrMeta+K', 'ControlOrMeta+I', 'ControlOrMeta+B']) {
    await page.keyboard.press(keys);
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await withoutEdge(), keys).toEqual([]);
    await page.keyboard.press('Escape');
  }
});

test('with more contrast the quiet text and the lines are stronger', async ({ copilot }) => {
  const { page, root } = copilot;
  const tokens = () =>
    root.evaluate((root) => {
      const style = getComputedStyle(root);
      return ['--fm-text-2', '--fm-text-3', '--fm-line-strong', '--fm-line'].map((name) => style.getPropertyValue(name));
    });
  const [text, quiet] = await tokens();
  expect(quiet).not.toBe(text);
  await page.emulateMedia({ contrast: 'more' });
  const [more, moreQuiet, strong, line] = await tokens();
  expect([moreQuiet, line]).toEqual([more, strong]);
});

test('mirrored, the panel begins at the right, fits its narrowest width, and code stays as it is written', async ({ server, copilot }) => {
  const { page } = copilot;
  await page.setViewportSize({ width: 320, height: 860 });
  await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
  await arrange(server, copilot);
  await still(page);
  const middle = async (/** @type {import('@playwright/test').Locator} */ part) => {
    const { x, width } = /** @type {{ x: number, width: number }} */ (await part.boundingBox());
    return x + width / 2;
  };
  expect(await middle(page.getByRole('button', { name: 'Cases', exact: true }))).toBeGreaterThan(160);
  expect(await middle(page.getByRole('button', { name: 'New case', exact: true }))).toBeLessThan(160);
  expect(await middle(page.getByRole('button', { name: 'Send', exact: true }))).toBeLessThan(160);
  expect(await middle(copilot.message('And now?').locator('.bubble')), 'one’s own words stand at the other side').toBeLessThan(160);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await expect(copilot.answers.locator('pre')).toHaveCSS('direction', 'ltr');
  await copilot.openCases();
  expect(await middle(page.getByRole('dialog', { name: 'Cases' }))).toBeGreaterThan(160);
});
