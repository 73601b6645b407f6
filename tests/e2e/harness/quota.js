// What the browser lets the origin keep, used up to the last byte and freed again.

const FILLER = 'filler';

/**
 * Limits what an origin may keep, for as long as the page is open. To be called before the origin is opened: Chromium
 * asks for the limit once and believes it for half a minute.
 * @param {import('@playwright/test').Page} page
 * @param {string} origin
 * @param {number} quotaSize Bytes.
 */
export async function limit(page, origin, quotaSize) {
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
}

/**
 * Fills IndexedDB with random bytes until not one more fits.
 * @param {import('@playwright/test').Page} page
 */
export async function fillDatabases(page) {
  await page.evaluate(async (name) => {
    /** @type {IDBDatabase} */
    const database = await new Promise((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onupgradeneeded = () => opening.result.createObjectStore('bytes', { autoIncrement: true });
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    for (let size = 1024 * 1024; size >= 1; ) {
      const bytes = new Uint8Array(size);
      for (let at = 0; at < size; at += 65536) {
        crypto.getRandomValues(bytes.subarray(at, at + 65536));
      }
      const fits = await new Promise((resolve) => {
        const transaction = database.transaction('bytes', 'readwrite', { durability: 'strict' });
        transaction.objectStore('bytes').add(bytes);
        transaction.oncomplete = () => resolve(true);
        transaction.onabort = () => resolve(false);
      });
      size = fits ? size : Math.floor(size / 2);
    }
    database.close();
  }, FILLER);
}

/**
 * Fills `localStorage` until not one more character fits.
 * @param {import('@playwright/test').Page} page
 */
export async function fillLocalStorage(page) {
  await page.evaluate((name) => {
    let n = 0;
    for (let size = 1024 * 1024; size >= 1; ) {
      try {
        localStorage.setItem(`${name}:${n}`, 'x'.repeat(size));
        n += 1;
      } catch {
        size = Math.floor(size / 2);
      }
    }
  }, FILLER);
}

/**
 * Gives back what was filled.
 * @param {import('@playwright/test').Page} page
 */
export async function free(page) {
  await page.evaluate(async (name) => {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(name)) {
        localStorage.removeItem(key);
      }
    }
    await new Promise((resolve, reject) => {
      const deleting = indexedDB.deleteDatabase(name);
      deleting.onsuccess = resolve;
      deleting.onerror = reject;
    });
  }, FILLER);
}
