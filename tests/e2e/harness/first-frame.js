// What a page paints in the frame after a key. Frames are counted, not milliseconds: the page itself looks in the first
// `requestAnimationFrame` callback after the event. What is in the layout there is what that frame paints.

/**
 * Presses Enter in the composer and returns what the page shows in the first frame after the event.
 * @param {import('./copilot.js').Copilot} copilot
 * @param {string} text
 */
export async function enter(copilot, text) {
  await copilot.page.evaluate((text) => {
    /** @param {Element | null | undefined} element */
    const isPainted = (element) => {
      const box = element?.getBoundingClientRect();
      return Boolean(
        element?.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
          box &&
          box.width > 0 &&
          box.height > 0 &&
          box.top >= 0 &&
          box.bottom <= innerHeight,
      );
    };
    const row = () => [...document.querySelectorAll('article[data-role="user"]')].find((row) => row.textContent?.includes(text));
    const current = () => document.querySelector('nav[aria-label="Cases"] [data-key] [aria-current]');
    const field = () => /** @type {HTMLTextAreaElement} */ (document.querySelector('textarea[aria-label="Message"]'));
    // @ts-expect-error: read below
    window.firstFrame = new Promise((resolve) => {
      const pressed = () =>
        requestAnimationFrame(() => {
          const first = row();
          const seen = {
            message: isPainted(first),
            state: first?.getAttribute('data-state'),
            caseInList: isPainted(current()),
            composer: field().value,
            focused: document.activeElement === field(),
          };
          requestAnimationFrame(() => resolve({ ...seen, sameNodeInNextFrame: first !== undefined && row() === first }));
        });
      addEventListener('keydown', pressed, { capture: true, once: true });
    });
  }, text);
  await copilot.composer.press('Enter');
  // @ts-expect-error: written above
  return copilot.page.evaluate(() => window.firstFrame);
}
