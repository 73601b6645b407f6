// Scrolling upwards through a conversation, and what moves by itself while somebody does.

/**
 * Scrolls up in steps of most of a screen. Returns by how many pixels what was read has moved at most between a step and
 * the next, while older rows loaded above it.
 * @param {import('@playwright/test').Page} page
 * @param {number} steps
 */
export function scrollUp(page, steps) {
  return page.evaluate(async (steps) => {
    const log = /** @type {HTMLElement} */ (document.querySelector('[role="log"]'));
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    let worst = 0;
    for (let step = 0; step < steps; step += 1) {
      log.scrollTop -= 700;
      await frame();
      await frame();
      const top = log.getBoundingClientRect().top;
      const rows = () => [...log.querySelectorAll('article')];
      const anchor = rows().find((row) => row.getBoundingClientRect().bottom > top + 10);
      const key = anchor?.getAttribute('data-key');
      const before = anchor?.getBoundingClientRect().top ?? 0;
      for (let wait = 0; wait < 6; wait += 1) {
        await frame();
      }
      const same = rows().find((row) => row.getAttribute('data-key') === key);
      worst = Math.max(worst, same ? Math.abs(same.getBoundingClientRect().top - before) : Infinity);
    }
    return worst;
  }, steps);
}
