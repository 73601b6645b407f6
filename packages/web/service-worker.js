// Opens the installed panel without its server: keeps the files of one build, each under the hash of its content, and
// answers for them. `RELEASE` is written above this by `cargo xtask dist`: `files` maps every path to its hash, `lazy` names
// those that are kept when they are first used.
//
// What is not in that list is none of its business: no answer of the API is ever kept, or even seen where the browser has
// static routes.

/* global RELEASE */

const CACHE = 'copilot-files';
const worker = /** @type {any} */ (globalThis);
const scope = new URL(worker.registration.scope);

/** @param {string} path */
function keyOf(path) {
  return `${new URL(path, scope)}?content=${encodeURIComponent(RELEASE.files[path])}`;
}

/**
 * The path of a request in this build, if it is one of its files.
 * @param {Request} request
 */
function pathOf(request) {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== scope.origin || !pathname.startsWith(scope.pathname)) {
    return undefined;
  }
  const path = pathname.slice(scope.pathname.length) || 'index.html';
  return Object.hasOwn(RELEASE.files, path) ? path : undefined;
}

/**
 * Fetches a file of exactly this build, and keeps it. While a server changes from one build to the next it may have
 * another file under that name: the hash refuses it.
 * @param {Cache} cache
 * @param {string} path
 */
async function keep(cache, path) {
  const answer = await fetch(new URL(path, scope), { cache: 'no-cache', integrity: RELEASE.files[path] });
  if (!answer.ok) {
    throw new Error(`${path} was answered with ${answer.status}.`);
  }
  await cache.put(keyOf(path), answer.clone());
  return answer;
}

/** @param {Cache} cache @param {string} path */
function kept(cache, path) {
  return cache.match(keyOf(path), { ignoreVary: true });
}

async function fill() {
  const cache = await caches.open(CACHE);
  const first = Object.keys(RELEASE.files).filter((path) => !RELEASE.lazy.includes(path));
  // A file that did not change since the build before is here already.
  await Promise.all(first.map(async (path) => (await kept(cache, path)) ?? keep(cache, path)));
}

async function clear() {
  const cache = await caches.open(CACHE);
  const wanted = new Set(Object.keys(RELEASE.files).map(keyOf));
  const all = await cache.keys();
  await Promise.all(all.filter(({ url }) => !wanted.has(url)).map((request) => cache.delete(request)));
}

/** @param {Request} request @param {string} path */
async function answer(request, path) {
  const cache = await caches.open(CACHE);
  return (await kept(cache, path)) ?? keep(cache, path).catch(() => fetch(request));
}

worker.addEventListener('install', (/** @type {any} */ event) => {
  event.addRoutes?.({ condition: { urlPattern: { pathname: `${scope.pathname}api/*` } }, source: 'network' });
  event.waitUntil(fill());
});

worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(clear()));

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const path = pathOf(event.request);
  if (path !== undefined) {
    event.respondWith(answer(event.request, path));
  }
});

// The person agreed to the newer version; until then the old one stays.
worker.addEventListener('message', (/** @type {any} */ event) => {
  if (event.data === 'take-over') {
    worker.skipWaiting();
  }
});
