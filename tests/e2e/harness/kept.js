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

/**
 * Puts an account's journal back into the first layout, and holds it open as a frozen window of that layout does.
 * @param {import('@playwright/test').Page} page A page of the origin that is not the panel; the panel has to be closed.
 * @returns {Promise<() => Promise<void>>} Lets go of it.
 */
export async function holdAsAnEarlierVersion(page) {
  const held = await page.evaluateHandle(async () => {
    /** @type {<T>(request: IDBRequest<T>) => Promise<T>} */
    const done = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const names = (await indexedDB.databases()).map(({ name = '' }) => name);
    const [name = '', ...others] = names.filter((name) => name !== 'fm:settings');
    if (others.length > 0) {
      throw new Error('There is more than one account in this browser.');
    }
    const newer = await done(indexedDB.open(name));
    /** @type {(store: string) => Promise<[IDBValidKey, unknown][]>} */
    const entries = async (store) => {
      const values = newer.transaction(store).objectStore(store);
      const [keys, all] = await Promise.all([done(values.getAllKeys()), done(values.getAll())]);
      return keys.map((key, index) => [key, all[index]]);
    };
    const [log, meta] = [await entries('log'), await entries('meta')];
    newer.close();
    await done(indexedDB.deleteDatabase(name));
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => {
      for (const store of ['journal', 'meta', 'cases', 'messages', 'quarantine']) {
        opening.result.createObjectStore(store);
      }
    };
    // Nothing listens to its `versionchange`: so it is with a page that stands still.
    const database = await done(opening);
    const writing = database.transaction(['journal', 'meta'], 'readwrite');
    for (const [key, record] of log) {
      writing.objectStore('journal').put(record, key);
    }
    const next = 1 + Math.max(0, ...log.map(([key]) => Number(key)));
    for (const [key, value] of [...meta, /** @type {const} */ (['next', next])]) {
      writing.objectStore('meta').put(value, key);
    }
    await new Promise((resolve, reject) => {
      writing.oncomplete = resolve;
      writing.onabort = () => reject(writing.error);
    });
    return database;
  });
  return () => held.evaluate((database) => database.close());
}
