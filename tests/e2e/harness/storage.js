// A browser that gives no storage until it is told otherwise.

/**
 * Hides IndexedDB from every page of the browser, until {@link giveBack}.
 * @param {import('./chromium.js').Chromium} chromium
 */
export async function withhold(chromium) {
  await chromium.context.addInitScript(() => {
    if (localStorage.getItem('storage is given')) {
      return;
    }
    const real = window.indexedDB;
    Reflect.defineProperty(window, 'indexedDB', { value: null, configurable: true });
    Reflect.set(window, 'giveStorageBack', () => {
      localStorage.setItem('storage is given', 'yes');
      Reflect.defineProperty(window, 'indexedDB', { value: real, configurable: true });
    });
  });
}

/**
 * From here on there is storage, also after a reload.
 * @param {import('@playwright/test').Page} page
 */
export async function giveBack(page) {
  await page.evaluate(() => Reflect.get(window, 'giveStorageBack')());
}

/**
 * Takes the storage away from the next pages.
 * @param {import('@playwright/test').Page} page
 */
export async function takeAway(page) {
  await page.evaluate(() => localStorage.removeItem('storage is given'));
}
