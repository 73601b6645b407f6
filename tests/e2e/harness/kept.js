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
