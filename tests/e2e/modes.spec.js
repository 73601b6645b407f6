// What people asked their system for: colours of its own, more contrast, larger text, a script that runs from right to left.
// Less motion is in `motion.spec.js`.

import { expect } from './harness.js';
import { cutOff, tooWide } from './harness/layout.js';
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

/** The panel as wide as side panels and pages are, each with text of twice its size, or all of it twice as large. */
const TWICE = [
  { name: 'text twice as large in a panel of 400 px', width: 400, text: '200%' },
  { name: 'text twice as large in a page of 1180 px', width: 1180, text: '200%' },
  { name: 'everything twice as large in a page of 640 px', width: 320, text: '100%' },
];

for (const { name, width, text } of TWICE) {
  test(`with ${name} nothing is cut off and nothing scrolls sideways`, async ({ server, copilot }) => {
    const { page } = copilot;
    await page.setViewportSize({ width, height: 860 });
    await arrange(server, copilot);
    await page.evaluate((text) => document.documentElement.style.setProperty('font-size', text), text);
    const fits = async (/** @type {string} */ place) => {
      await still(page);
      expect.soft(await tooWide(page), place).toEqual([]);
      expect.soft(await cutOff(page), place).toEqual([]);
    };
    await fits('conversation');
    for (const [keys, name] of [['ControlOrMeta+K', 'Command palette'], ['ControlOrMeta+/', 'Keyboard shortcuts'], ['ControlOrMeta+I', 'Case details']]) {
      await page.keyboard.press(keys);
      await expect(page.getByRole('dialog', { name })).toBeVisible();
      await fits(name);
      await page.keyboard.press('Escape');
    }
    await page.getByRole('button', { name: /, Sync inspector$/ }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sync inspector');
    await fits('inspector');
    await page.keyboard.press('Escape');
    if (width < 720) {
      await copilot.openCases();
      await fits('cases');
    }
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings');
    await fits('settings');
  });
}
