// The list of cases: names, deletion and its undo, search, groups, keys.

import { expect, test, words } from './harness.js';
import { kept } from './harness/kept.js';
import { answerWith, DELETE, delay, hang, RENAME, SEARCH, TURNS } from './harness/routes.js';
import { arrived, stored } from './harness/stored.js';

/**
 * Makes cases of one answered message each and returns their keys in the order of making.
 * @param {import('./harness/copilot.js').Copilot} copilot
 * @param {string[]} texts
 */
async function casesOf(copilot, texts) {
  const keys = [];
  for (const text of texts) {
    if (keys.length > 0) {
      await copilot.newCase();
    }
    await copilot.say(text);
    await copilot.answered(1);
    await expect(copilot.currentCase, 'the server names the case').not.toContainText('Chat-');
    keys.push(await copilot.caseKey());
  }
  return keys;
}

/**
 * The field in which the title of a case is changed.
 * @param {import('@playwright/test').Locator} place The row, or the heading.
 */
const field = (place) => place.getByRole('textbox');

/** @param {import('@playwright/test').Locator} row */
const button = (row) => row.getByRole('button').first();

test.beforeEach(({ copilot }) => copilot.widen());

test('a new case is in the list at once, and its name comes without another row', async ({ server, copilot }) => {
  await server.faults.set([hang(TURNS, { commit: true })]);
  await copilot.say('Disk of db-2 is full since 09:10.');
  await expect(copilot.caseRows).toHaveCount(1);
  const key = await copilot.caseKey();
  await expect(copilot.currentCase).toContainText('Chat-');
  await server.faults.letGo();
  await copilot.answered(1);
  await expect(copilot.currentCase).not.toContainText('Chat-');
  await expect(copilot.caseRows).toHaveCount(1);
  expect(await copilot.caseKey()).toBe(key);
});

test('F2 renames in place, Enter saves, and the new title is everywhere at once', async ({ server, chromium, copilot }) => {
  const [key] = await casesOf(copilot, ['Disk of db-2 is full.']);
  await server.faults.set([delay(RENAME, 2000)]);
  const row = copilot.caseRow(key);
  await button(row).focus();
  await copilot.page.keyboard.press('F2');
  await expect(field(row)).toBeFocused();
  await copilot.page.keyboard.type('Full disk on db-2');
  await copilot.page.keyboard.press('Enter');
  await expect(row).toContainText('Full disk on db-2');
  await expect(copilot.page.getByRole('heading', { level: 1 })).toContainText('Full disk on db-2');
  await expect(button(row)).toBeFocused();
  expect((await arrived(server, RENAME)).some(({ committed }) => committed), 'shown before the server had it').toBe(false);
  await expect.poll(async () => (await stored(server, chromium)).map(({ title }) => title)).toEqual(['Full disk on db-2']);
  await copilot.page.reload();
  await expect(row).toContainText('Full disk on db-2');
});

test('Esc leaves the title as it was', async ({ server, copilot }) => {
  const [key] = await casesOf(copilot, ['Disk of db-2 is full.']);
  const row = copilot.caseRow(key);
  const before = await row.innerText();
  await button(row).focus();
  await copilot.page.keyboard.press('F2');
  await field(row).fill('Something else');
  await copilot.page.keyboard.press('Escape');
  await expect(field(row)).toHaveCount(0);
  expect((await row.innerText()).split('\n')[0]).toBe(before.split('\n')[0]);
  expect(await arrived(server, RENAME)).toEqual([]);
});

test('the title in the header is renamed in place, at most 50 characters', async ({ server, chromium, copilot }) => {
  const [key] = await casesOf(copilot, ['Disk of db-2 is full.']);
  const heading = copilot.page.getByRole('heading', { level: 1 });
  await heading.getByRole('button').click();
  await expect(field(heading)).toBeFocused();
  await copilot.page.keyboard.type('x'.repeat(60));
  await expect(field(heading)).toHaveValue('x'.repeat(50));
  await copilot.page.keyboard.press('Enter');
  await expect(copilot.caseRow(key)).toContainText('x'.repeat(50));
  await expect.poll(async () => (await stored(server, chromium))[0].title).toBe('x'.repeat(50));
});

test('a refused rename brings the old title back, says why and offers the attempted one', async ({ server, copilot }) => {
  const [key] = await casesOf(copilot, ['Disk of db-2 is full.']);
  const row = copilot.caseRow(key);
  const before = (await row.innerText()).split('\n')[0];
  await server.faults.set([answerWith(RENAME, 403)]);
  await button(row).focus();
  await copilot.page.keyboard.press('F2');
  await field(row).fill('Not for me to name');
  await copilot.page.keyboard.press('Enter');
  const note = copilot.list.getByRole('note');
  await expect(note).toContainText('Not renamed.');
  await expect(row).toContainText(before);
  await expect(row).not.toContainText('Not for me to name');
  await button(row).focus();
  await copilot.page.keyboard.press('F2');
  await expect(field(row)).toHaveValue('Not for me to name');
  await copilot.page.keyboard.press('Escape');
  await server.faults.clear();
  await note.getByRole('button', { name: 'Try again' }).click();
  await expect(row).toContainText('Not for me to name');
  await expect(note).toHaveCount(0);
});

test('a deleted case leaves at once and Undo brings it back with its place and focus', async ({ server, chromium, copilot }) => {
  const [first, second] = await casesOf(copilot, ['Disk of db-2 is full.', 'Kafka lags behind.']);
  const order = () => copilot.caseRows.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-key')));
  const before = await order();
  await button(copilot.caseRow(second)).focus();
  await copilot.page.keyboard.press('Delete');
  await expect(copilot.caseRows).toHaveCount(1);
  await expect(button(copilot.caseRow(first)), 'the next row has the focus').toBeFocused();
  await expect(copilot.page.getByText(/^Deleted “.+”$/)).toBeVisible();
  await copilot.page.getByRole('button', { name: 'Undo' }).click();
  await expect(copilot.caseRow(second)).toBeVisible();
  expect(await order()).toEqual(before);
  await expect(button(copilot.caseRow(second))).toBeFocused();
  expect(await arrived(server, DELETE)).toEqual([]);
  expect(await stored(server, chromium)).toHaveLength(2);
});

test('a key pressed as soon as a row has the focus is for that row', async ({ copilot }) => {
  const keys = await casesOf(copilot, ['Disk of db-2 is full.', 'Kafka lags behind.', 'DNS times out.']);
  for (const key of keys) {
    await button(copilot.caseRow(key)).evaluate((row) => {
      row.focus();
      // In the same task: nothing has been drawn since.
      row.dispatchEvent(new KeyboardEvent('keydown', { key: 'p', bubbles: true, cancelable: true }));
    });
  }
  await expect(copilot.list.getByRole('list', { name: 'Pinned' }).locator('[data-key]')).toHaveCount(keys.length);
});

test('a deletion that is not undone reaches the server once, also over a reload', async ({ server, chromium, copilot }) => {
  const [first, second] = await casesOf(copilot, ['Disk of db-2 is full.', 'Kafka lags behind.']);
  await button(copilot.caseRow(first)).focus();
  await copilot.page.keyboard.press('Delete');
  await expect(copilot.caseRow(first)).toHaveCount(0);
  await copilot.page.reload();
  await expect(copilot.caseRow(second)).toBeVisible();
  await expect(copilot.caseRow(first)).toHaveCount(0);
  await expect.poll(async () => (await stored(server, chromium)).length).toBe(1);
  await expect.poll(() => arrived(server, DELETE)).toHaveLength(1);
  await expect(copilot.caseRows).toHaveCount(1);
  // Nor is a word of it left on this device, question or answer.
  await expect.poll(async () => (await kept(copilot.page)).filter((text) => /Disk|df -i/.test(text))).toEqual([]);
  expect((await kept(copilot.page)).some((text) => text.includes('Kafka lags behind.'))).toBe(true);
});

test('an answer that was read is not new when its case is left, one that comes meanwhile is', async ({ server, copilot }) => {
  const [read] = await casesOf(copilot, ['Disk of db-2 is full.']);
  await copilot.newCase();
  await expect(copilot.caseRow(read)).toHaveAttribute('data-badge', 'none');
  await server.faults.set([hang(TURNS, { commit: true })]);
  await copilot.say('Kafka lags behind.');
  const left = await copilot.caseKey();
  await copilot.show(read);
  await server.faults.letGo();
  await expect(copilot.caseRow(left)).toHaveAttribute('data-badge', 'unread');
  await copilot.show(left);
  await copilot.answered(1);
  await expect(copilot.caseRow(left)).toHaveAttribute('data-badge', 'none');
  await copilot.show(read);
  await expect(copilot.caseRow(left)).toHaveAttribute('data-badge', 'none');
});

test('search filters titles first, then messages, as typed', async ({ copilot }) => {
  const [disk, kafka] = await casesOf(copilot, ['Disk of db-2 is full.', 'Kafka lags behind.']);
  const search = copilot.page.getByRole('searchbox', { name: 'Search cases' });
  await copilot.page.getByRole('heading', { level: 1 }).getByRole('button').focus();
  await copilot.page.keyboard.press('/');
  await expect(search).toBeFocused();
  await copilot.page.keyboard.type('lags');
  await expect(copilot.caseRows).toHaveCount(1);
  await expect(copilot.caseRow(kafka)).toBeVisible();
  await search.fill('nothing like it');
  await expect(copilot.list).toContainText(words('Nothing matches “nothing like it”. Search looks in titles and messages on this device. The server has nothing either.'));
  await copilot.page.keyboard.press('Escape');
  await expect(search).toHaveValue('');
  await expect(copilot.caseRows).toHaveCount(2);
  await copilot.page.keyboard.type('db-2');
  await copilot.page.keyboard.press('Enter');
  await expect(copilot.caseRow(disk).locator('[aria-current]')).toHaveCount(1);
});

test('what only the server found stands below what is here, and leads into its case', async ({ server, chromium, copilot }) => {
  await casesOf(copilot, ['Kafka lags behind.']);
  // Said on another device.
  const cases = `${server.origin}/api/v1/cases`;
  const headers = { authorization: chromium.authorization };
  const json = { ...headers, 'content-type': 'application/json' };
  const title = 'Disk of db-2 is full';
  const made = await fetch(cases, { method: 'POST', headers: json, body: JSON.stringify({ title }) });
  const { case_id } = await made.json();
  const body = new FormData();
  body.set('query', 'The vacuum of ledger_archive ran last.');
  expect((await fetch(`${cases}/${case_id}/turns`, { method: 'POST', headers, body })).ok).toBe(true);
  await copilot.page.reload();
  await expect(copilot.caseRows).toHaveCount(2);
  const search = copilot.page.getByRole('searchbox', { name: 'Search cases' });
  await search.fill('ledger_archive');
  const found = copilot.list.getByRole('list', { name: 'On the server' });
  await expect(found.locator('[data-key]')).toContainText(title);
  await expect(copilot.caseRows).toHaveCount(1);
  await search.press('Enter');
  await expect(copilot.mine.filter({ hasText: 'ledger_archive' })).toBeVisible();
  const asked = async () => (await arrived(server, SEARCH)).length;
  await expect.poll(asked, { message: 'one question for one pause in typing' }).toBe(1);
});

test('a pinned case moves to its own group, groups fold, and both are remembered', async ({ copilot }) => {
  const [first, second] = await casesOf(copilot, ['Disk of db-2 is full.', 'Kafka lags behind.']);
  const pinned = copilot.list.getByRole('list', { name: 'Pinned' });
  await button(copilot.caseRow(first)).focus();
  await copilot.page.keyboard.press('p');
  await expect(pinned.locator('[data-key]')).toHaveAttribute('data-key', first);
  const active = copilot.list.getByRole('heading', { level: 2, name: 'Active' }).getByRole('button');
  await active.click();
  await expect(active).toHaveAttribute('aria-expanded', 'false');
  await expect(copilot.caseRow(second)).toHaveCount(0);
  await copilot.page.reload();
  await expect(pinned.locator('[data-key]')).toHaveAttribute('data-key', first);
  await expect(copilot.caseRow(second)).toHaveCount(0);
  await active.click();
  await expect(copilot.caseRow(second)).toBeVisible();
});

test('the list is one stop, arrows move in it, and its menu has every action', async ({ copilot }) => {
  const keys = await casesOf(copilot, ['Disk of db-2 is full.', 'Kafka lags behind.', 'DNS times out.']);
  const { keyboard } = copilot.page;
  const rows = keys.toReversed().map((key) => button(copilot.caseRow(key)));
  await rows[0].focus();
  await keyboard.press('ArrowDown');
  await expect(rows[1]).toBeFocused();
  await keyboard.press('End');
  await expect(rows[2]).toBeFocused();
  await keyboard.press('Home');
  await expect(rows[0]).toBeFocused();
  expect(await copilot.list.locator('[data-key] [tabindex="0"]').count(), 'one row takes part in Tab').toBe(1);

  await keyboard.press('ContextMenu');
  const menu = copilot.page.getByRole('menu');
  await expect(menu.getByRole('menuitem')).toContainText(['Rename', 'Pin', 'Delete']);
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  await keyboard.press('d');
  await expect(menu.getByRole('menuitem', { name: 'Delete' })).toBeFocused();
  await keyboard.press('Escape');
  await expect(menu).toHaveCount(0);
  await expect(rows[0]).toBeFocused();
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(copilot.caseRow(keys[1]).locator('[aria-current]')).toHaveCount(1);
  await expect(copilot.composer).toBeFocused();
});

test('beside the drawer of a narrow panel enough is left to press on', async ({ copilot }) => {
  await copilot.page.setViewportSize({ width: 400, height: 860 });
  await copilot.openCases();
  const drawer = copilot.page.getByRole('dialog', { name: 'Cases' });
  for (const [width, drawn] of [[400, 348], [384, 348], [370, 334], [360, 324]]) {
    await copilot.page.setViewportSize({ width, height: 860 });
    await expect.poll(async () => (await drawer.boundingBox())?.width, `in ${width} pixels`).toBe(drawn);
  }
});

test('the drawer of a narrow panel opens, keeps the focus, and closes on Esc and on a choice', async ({ copilot }) => {
  const [first] = await casesOf(copilot, ['Disk of db-2 is full.', 'Kafka lags behind.']);
  await copilot.page.setViewportSize({ width: 400, height: 860 });
  const drawer = copilot.page.getByRole('dialog', { name: 'Cases' });
  await copilot.openCases();
  await expect(button(copilot.currentCase)).toBeFocused();
  for (let n = 0; n < 12; n += 1) {
    await copilot.page.keyboard.press('Tab');
    expect(await drawer.evaluate((drawer) => drawer.contains(document.activeElement)), 'the focus left').toBe(true);
  }
  await copilot.page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
  await expect(copilot.page.getByRole('button', { name: 'Cases', exact: true })).toBeFocused();
  await copilot.openCases();
  await button(copilot.caseRow(first)).click();
  await expect(drawer).toHaveCount(0);
  await expect(copilot.composer).toBeFocused();
  await expect(copilot.message('Disk of db-2 is full.')).toBeVisible();
});
