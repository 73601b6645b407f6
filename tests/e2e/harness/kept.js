// What a browser keeps of the panel, as it lies there.

/**
 * Every text in the page's storage.
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<string[]>}
 */
export function kept(page) {
  return page.evaluate(async () => {
    const texts = Object.values(localStorage);
    /** @type {<T>(request: IDBRequest<T>) => Promise<T>} */
    const done = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const values = await done(database.transaction(store).objectStore(store).getAll());
        texts.push(...values.map((value) => JSON.stringify(value)));
      }
      database.close();
    }
    return texts;
  });
}

/**
 * How many pieces the copy of all cases has.
 * @param {import('@playwright/test').Page} page
 */
export function casePieces(page) {
  return page.evaluate(async () => {
    /** @type {<T>(request: IDBRequest<T>) => Promise<T>} */
    const done = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    let pieces = 0;
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      if (database.objectStoreNames.contains('cases')) {
        pieces += await done(database.transaction('cases').objectStore('cases').count(IDBKeyRange.upperBound('')));
      }
      database.close();
    }
    return pieces;
  });
}

/**
 * Writes a text that is no record where the next record of an account's journal would stand.
 * @param {import('@playwright/test').Page} page
 * @param {string} text
 */
export async function damage(page, text) {
  const damaged = await page.evaluate(async (text) => {
    let damaged = 0;
    for (const { name = '' } of await indexedDB.databases()) {
      /** @type {IDBDatabase} */
      const database = await new Promise((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
      });
      if (database.objectStoreNames.contains('log')) {
        const transaction = database.transaction('log', 'readwrite');
        transaction.objectStore('log').add(text);
        await new Promise((resolve, reject) => {
          transaction.oncomplete = resolve;
          transaction.onabort = () => reject(transaction.error);
        });
        damaged += 1;
      }
      database.close();
    }
    return damaged;
  }, text);
  if (damaged !== 1) {
    throw new Error(`There are ${damaged} journals in this browser, not one.`);
  }
}

/**
 * Gives an account's data the layout number of a version that does not exist yet. Returns when the page let go of it.
 * @param {import('@playwright/test').Page} page
 */
export async function ofANewerVersion(page) {
  await page.evaluate(async () => {
    for (const { name = '' } of await indexedDB.databases()) {
      if (name !== 'fm:settings') {
        await new Promise((resolve, reject) => {
          const opening = indexedDB.open(name, 999);
          opening.onsuccess = () => resolve(opening.result.close());
          opening.onerror = () => reject(opening.error);
        });
      }
    }
  });
}
