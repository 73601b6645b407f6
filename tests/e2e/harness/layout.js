// What does not fit: parts that scroll sideways, words and controls that are cut off or stand outside of the panel.

/**
 * The parts of the panel that could be scrolled sideways.
 * @param {import('@playwright/test').Page} page
 */
export function tooWide(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('html, body, header, main, footer, nav, form, [role="log"], [role="dialog"], article')]
      .filter((part) => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX !== 'visible')
      .map((part) => `${part.tagName.toLowerCase()} is ${part.scrollWidth} wide in ${part.clientWidth}`)
      .concat(document.documentElement.scrollWidth > innerWidth ? ['the page'] : []),
  );
}

/**
 * Words and controls that cannot be read or reached whole: those that end outside of the panel, and those that are
 * hidden by an edge around them. What scrolls inside its own box, what ends in three dots, and what only screen readers
 * see does not count.
 * @param {import('@playwright/test').Page} page
 */
export function cutOff(page) {
  return page.evaluate(() => {
    /** @type {string[]} */
    const cut = [];
    const walker = document.createTreeWalker(document.querySelector('.fm') ?? document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      const text = node.textContent?.trim() ?? '';
      if (!text || !parent?.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || parent.closest('.hidden, .ellipsis, svg, style, [inert]')) {
        continue;
      }
      const range = document.createRange();
      range.selectNodeContents(node);
      const { left, right, top, bottom, width } = range.getBoundingClientRect();
      const scrolls = (/** @type {Element} */ box, /** @type {'X' | 'Y'} */ way) => /auto|scroll/.test(getComputedStyle(box)[`overflow${way}`]);
      let [beside, below] = [false, false];
      for (let box = parent; box && box !== document.documentElement; box = /** @type {HTMLElement} */ (box.parentElement)) {
        [beside, below] = [beside || scrolls(box, 'X') && box.scrollWidth > box.clientWidth, below || scrolls(box, 'Y')];
        const edge = box.getBoundingClientRect();
        const { overflowX, overflowY } = getComputedStyle(box);
        if (!beside && overflowX !== 'visible' && (left < edge.left - 1 || right > edge.right + 1)) {
          cut.push(`“${text.slice(0, 40)}” at the side of ${box.className || box.tagName}`);
          break;
        }
        if (!below && overflowY !== 'visible' && (top < edge.top - 1 || bottom > edge.bottom + 1)) {
          cut.push(`“${text.slice(0, 40)}” above or below ${box.className || box.tagName}`);
          break;
        }
      }
      if (!beside && width > 0 && (left < -1 || right > innerWidth + 1)) {
        cut.push(`“${text.slice(0, 40)}” outside of the panel`);
      }
    }
    return [...new Set(cut)];
  });
}
