// What moves, for how long, and what stands still for those who asked their system for less motion (ux §9).

import { expect, test } from './harness.js';
import { hang, TURNS } from './harness/routes.js';
import { arrived } from './harness/stored.js';

/** Every animation of the style sheet with its milliseconds, but for the ring, which is a clock and no movement. */
const MOVES = { 'fm-fade': 240, 'fm-rise': 180, 'fm-slide': 240, 'fm-slide-end': 240, 'fm-think': 1400 };
const RING = 'fm-ring';
/** The longest of hover, icon swap and switch. */
const SWAP_MS = 120;
/** "None", in milliseconds: less than a frame. */
const NONE_MS = 1;

/**
 * Writes down what begins to move, with the milliseconds that it takes.
 * @param {import('@playwright/test').Page} page
 */
async function watchMotion(page) {
  await page.evaluate(() => {
    /** @type {Record<string, number>} */
    const animations = {};
    /** @type {Record<string, number>} */
    const transitions = {};
    const millis = (/** @type {string} */ span) => Math.max(...span.split(', ').map((part) => parseFloat(part) * (part.endsWith('ms') ? 1 : 1000)));
    const longest = (/** @type {Record<string, number>} */ all, /** @type {string} */ name, /** @type {number} */ time) => {
      all[name] = Math.max(all[name] ?? 0, time);
    };
    document.addEventListener('animationstart', ({ target, animationName, pseudoElement }) => {
      const style = getComputedStyle(/** @type {Element} */ (target), pseudoElement || null);
      longest(animations, animationName, millis(style.animationDuration));
    });
    document.addEventListener('transitionrun', ({ target, propertyName, pseudoElement }) => {
      const style = getComputedStyle(/** @type {Element} */ (target), pseudoElement || null);
      longest(transitions, propertyName, millis(style.transitionDuration));
    });
    Object.assign(window, { motion: { animations, transitions } });
  });
  // @ts-expect-error: written above
  return () => /** @type {Promise<{ animations: Record<string, number>, transitions: Record<string, number> }>} */ (page.evaluate(() => window.motion));
}

/**
 * Waits until everything that is to move has begun to, and has said so.
 * @param {import('@playwright/test').Page} page
 */
async function begun(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await frame();
    await Promise.allSettled(document.getAnimations().map(({ ready }) => ready));
    await frame();
    await frame();
  });
}

/**
 * Writes down what begins to move inside an element: its animation, the milliseconds that it takes, what of it moves.
 * @param {import('@playwright/test').Locator} place
 */
async function watchMoves(place) {
  const moves = await place.evaluateHandle((place) => {
    /** @type {{ name: string, millis: number, by: string[] }[]} */
    const moves = [];
    document.addEventListener('animationstart', ({ target, animationName: name }) => {
      const element = /** @type {Element} */ (target);
      const [animation] = element.getAnimations().filter((animation) => animation instanceof CSSAnimation && animation.animationName === name);
      const effect = /** @type {KeyframeEffect} */ (animation?.effect);
      if (effect && place.contains(element)) {
        const said = ['offset', 'computedOffset', 'easing', 'composite'];
        const by = effect.getKeyframes().flatMap((frame) => Object.keys(frame)).filter((key) => !said.includes(key));
        moves.push({ name, millis: Number(effect.getTiming().duration), by: [...new Set(by)] });
      }
    });
    return moves;
  });
  return () => moves.jsonValue();
}

/**
 * Opens whatever opens.
 * @param {import('./harness/copilot.js').Copilot} copilot
 */
async function walk(copilot) {
  const { page } = copilot;
  const { keyboard } = page;
  await page.getByRole('button', { name: /^Status:/ }).click();
  await page.getByRole('menu').waitFor();
  await begun(page);
  await keyboard.press('Escape');
  for (const [keys, name] of [['ControlOrMeta+K', 'Command palette'], ['ControlOrMeta+I', 'Case details'], ['ControlOrMeta+B', 'Cases']]) {
    await keyboard.press(keys);
    await page.getByRole('dialog', { name }).waitFor();
    await begun(page);
    if (name !== 'Cases') {
      await keyboard.press('Escape');
    }
  }
  await keyboard.press('Delete');
  await page.getByRole('button', { name: 'Undo' }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).hover();
  await begun(page);
  await keyboard.press('Escape');
}

test('layers, menus and toasts move as long as the table of motion says, by nothing that has a size', async ({ server, copilot }) => {
  await server.faults.set([hang(TURNS)]);
  const motion = await watchMotion(copilot.page);
  await copilot.say('What is slow?');
  await expect.poll(() => arrived(server, TURNS)).toHaveLength(1);
  await walk(copilot);
  const { animations, transitions } = await motion();
  const { [RING]: ring, ...moved } = animations;
  expect(moved).toEqual(MOVES);
  expect(ring, 'the time in which a deletion can be undone').toBe(8_000);
  expect(Object.keys(transitions).filter((property) => !/^(opacity|transform|color|background-color)$/.test(property))).toEqual([]);
  expect(Math.max(...Object.values(transitions))).toBeLessThanOrEqual(SWAP_MS);
});

test('for those who asked for less motion nothing moves: what opens is there, the dots stand still, the end is reached at once', async ({
  server,
  copilot,
}) => {
  const { page } = copilot;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const motion = await watchMotion(page);
  await copilot.say(`A long question. ${'It began after the deploy of this morning. '.repeat(60)}`);
  await copilot.answered(1);
  await server.faults.set([hang(TURNS)]);
  await copilot.conversation.hover();
  await page.mouse.wheel(0, -2_000);
  await expect(page.getByRole('button', { name: /^Jump to latest/ })).toBeVisible();
  await copilot.composer.fill('And now?');
  await copilot.conversation.evaluate((log) => {
    const left = new Promise((resolve) => {
      const look = () => resolve(Math.abs(log.scrollHeight - log.clientHeight - log.scrollTop));
      addEventListener('keydown', () => requestAnimationFrame(look), { capture: true, once: true });
    });
    Object.assign(window, { left });
  });
  await copilot.composer.press('Enter');
  // @ts-expect-error: written above
  expect(await page.evaluate(() => window.left), 'what is below the end in the first frame').toBeLessThanOrEqual(1);
  await expect(copilot.thinking).toBeVisible();
  await walk(copilot);
  const { animations, transitions } = await motion();
  const { [RING]: ring, ...moved } = animations;
  expect(Object.entries(moved).filter(([, millis]) => millis > NONE_MS)).toEqual([]);
  // A transition of no time would still be there a frame late.
  expect(transitions).toEqual({});
  expect(ring).toBe(8_000);
  const dots = copilot.thinking.locator('.dots i');
  expect(await dots.evaluateAll((dots) => dots.flatMap((dot) => dot.getAnimations()).length)).toBe(0);
});

test('the name that the server gives a case fades in, and what the person wrote is simply there', async ({ server, copilot }) => {
  const heading = copilot.page.getByRole('heading', { level: 1 });
  await server.faults.set([hang(TURNS, { commit: true })]);
  await copilot.say('Disk of db-2 is full since 09:10.');
  await expect(heading).toContainText('Chat-');
  const moves = await watchMoves(heading);
  await server.faults.letGo();
  await expect(heading).not.toContainText('Chat-');
  await expect.poll(moves).toEqual([{ name: 'fm-fade', millis: 180, by: ['opacity'] }]);
  await copilot.answered(1);
  const rename = async (/** @type {string} */ title) => {
    await heading.getByRole('button').click();
    await expect(heading.getByRole('textbox')).toBeFocused();
    await copilot.page.keyboard.type(title);
    await copilot.page.keyboard.press('Enter');
    await expect(heading.getByRole('button', { name: title })).toBeFocused();
    await begun(copilot.page);
  };
  await rename('Full disk on db-2');
  expect(await moves(), 'a title of the person’s').toHaveLength(1);

  await server.faults.set([hang(TURNS, { commit: true })]);
  await copilot.newCase();
  await copilot.say('Kafka lags behind.');
  await expect(heading).toContainText('Chat-');
  const none = await watchMoves(heading);
  await rename('Consumers are late');
  await server.faults.letGo();
  await copilot.answered(1);
  await begun(copilot.page);
  await expect(heading).toContainText('Consumers are late');
  expect(await none(), 'renamed before the server gave a name').toEqual([]);
});

test('a message that is sent from above is there at once and comes up with the end in 180 ms', async ({ server, copilot }) => {
  const { page } = copilot;
  await copilot.say(`A long question. ${'It began after the deploy of this morning. '.repeat(60)}`);
  await copilot.answered(1);
  await server.faults.set([hang(TURNS)]);
  const moves = await watchMoves(copilot.conversation);
  const glides = async () => (await moves()).filter(({ name }) => name === 'fm-glide');
  const below = () => copilot.conversation.evaluate((log) => Math.abs(log.scrollHeight - log.clientHeight - log.scrollTop));
  await copilot.say('At the end.');
  await expect(copilot.thinking).toBeVisible();
  await begun(page);
  expect(await glides(), 'whoever is at the end sees no movement').toEqual([]);
  for (let round = 1; round <= 2; round += 1) {
    await copilot.conversation.hover();
    await page.mouse.wheel(0, -1_000);
    await expect(page.getByRole('button', { name: /^Jump to latest/ })).toBeVisible();
    await copilot.composer.fill(`From above, ${round}.`);
    await copilot.conversation.evaluate((log, text) => {
      const there = new Promise((resolve) => {
        const look = () => resolve([...log.querySelectorAll('article')].some((row) => row.textContent?.includes(text)));
        addEventListener('keydown', () => requestAnimationFrame(look), { capture: true, once: true });
      });
      Object.assign(window, { there });
    }, `From above, ${round}.`);
    await copilot.composer.press('Enter');
    // @ts-expect-error: written above
    expect(await page.evaluate(() => window.there), 'the row is there in the first frame').toBe(true);
    await expect.poll(glides).toHaveLength(round);
    await begun(page);
    await expect.poll(below).toBeLessThanOrEqual(1);
    await expect(copilot.message(`From above, ${round}.`)).toBeInViewport();
    await expect.poll(() => copilot.conversation.evaluate((log) => log.getAnimations({ subtree: true }).some(({ effect }) => effect?.getTiming().iterations === 1))).toBe(false);
  }
  expect((await glides()).at(-1)).toEqual({ name: 'fm-glide', millis: 180, by: ['transform'] });
});
