// The panel as an installed program: registers the service worker that opens it offline, and notices when a newer version
// is ready. A version is changed only when the person says so.

/** Windows that stay open for days look for a newer version when they come to the front, at most this often. */
const LOOK_EVERY_MS = 60 * 60 * 1000;

/** @type {ServiceWorkerRegistration | undefined} */
let registration;
let isNewer = false;
/** @type {Set<() => void>} */
const listeners = new Set();

/** Registers the service worker. A page that is served without one works all the same. */
export async function install() {
  const container = navigator.serviceWorker;
  if (!container || !/^https?:$/.test(location.protocol)) {
    return;
  }
  try {
    registration = await container.register('service-worker.js', { updateViaCache: 'none' });
  } catch {
    return;
  }
  if (registration?.waiting) {
    tell();
  }
  registration?.addEventListener('updatefound', () => {
    const next = registration?.installing;
    next?.addEventListener('statechange', () => {
      // The first version of all has nothing to replace.
      if (next.state === 'installed' && registration?.active) {
        tell();
      }
    });
  });
  let looked = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && Date.now() - looked > LOOK_EVERY_MS) {
      looked = Date.now();
      registration?.update().catch(() => {});
    }
  });
}

function tell() {
  isNewer = true;
  for (const listener of listeners) {
    listener();
  }
}

/**
 * Calls back when a newer version is ready, now or later.
 * @param {() => void} listener
 */
export function watch(listener) {
  listeners.add(listener);
  if (isNewer) {
    listener();
  }
}

/** @param {() => void} listener */
export function unwatch(listener) {
  listeners.delete(listener);
}

/** Changes to the newer version and starts this window anew. */
export function update() {
  const next = registration?.waiting;
  if (!next) {
    // Another window has done it.
    location.reload();
    return;
  }
  next.addEventListener('statechange', () => {
    if (next.state === 'activated') {
      location.reload();
    }
  });
  next.postMessage('take-over');
}
