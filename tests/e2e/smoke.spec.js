// The page loads and shows the panel; where it cannot, it says so.

import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './harness.js';

test('the page shows the panel', async ({ panel }) => {
  await expect(panel).toHaveTitle(/FaultMaven/);
  await expect(panel.getByRole('main')).toBeVisible();
  await expect(panel.getByRole('alert').filter({ hasText: 'could not be loaded' })).toHaveCount(0);
});

test('a module that does not arrive is explained in an alert that passes axe', async ({ server, chromium }) => {
  const page = await chromium.page();
  await page.route('**/copilot_web_bg.wasm', (route) => route.abort());
  await page.goto(server.url);
  await expect(page.getByRole('alert')).toContainText('What you wrote earlier is still on this device.');
  const report = await new AxeBuilder({ page }).include('[role=alert]').analyze();
  expect(report.violations).toEqual([]);

  await page.unroute('**/copilot_web_bg.wasm');
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'could not be loaded' })).toHaveCount(0);
  await expect(page.getByRole('main')).toBeVisible();
});

test('a browser without WebAssembly is told what it lacks', async ({ server, chromium }) => {
  const page = await chromium.page();
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'WebAssembly'));
  await page.goto(server.url);
  await expect(page.getByRole('alert')).toContainText('cannot run WebAssembly');
});

test('a killed server and a killed browser come back where they were', async ({ server, chromium }) => {
  const before = server.origin;
  let page = await chromium.page();
  await page.goto(server.url);
  await chromium.kill();
  await server.restart();
  await chromium.restart();
  expect(server.origin).toBe(before);
  page = await chromium.page();
  await page.goto(server.origin);
  await expect(page.getByRole('main')).toBeVisible();
});

test('a fault fires as often as asked, and the log names it', async ({ server }) => {
  const once = { id: 'busy', match: { path: '/health' }, when: { count: 1 }, fault: { kind: 'status', status: 503 } };
  await server.faults.set([once]);
  const answers = [await fetch(`${server.origin}/health`), await fetch(`${server.origin}/health`)];
  expect(answers.map(({ status }) => status)).toEqual([503, 200]);
  const seen = await server.faults.log();
  expect(seen.map(({ rule }) => rule)).toEqual(['busy', null]);
});
