// What the panel can do as a browser extension and a page cannot: ask for permissions, read the page in front, look at
// what the earlier extension left. On a plain page every answer is "no".

const inExtension = /^(chrome|moz)-extension:$/.test(location.protocol);

/** The part of `chrome` that is used here; the permissions decide at run time which of it is there. */
const chrome = /** @type {any} */ (globalThis).chrome;

/** What reading a page takes beyond what is asked for at installation. Chromium grants these two without a question. */
const TO_READ = { permissions: ['scripting', 'activeTab'] };

/** Asked for when the page in front is not one that the person opened the panel on. */
const EVERY_PAGE = { origins: ['http://*/*', 'https://*/*'] };

/** What showing the sign-in page of a server takes. Granted without a question; in Firefox it comes with the installation. */
const TO_SIGN_IN = { permissions: ['identity'] };

/** The keys of the earlier extension's storage. */
const EARLIER = [
  'conversationTitles',
  'titleSources',
  'conversations',
  'pendingOperations',
  'idMappings',
  'pinnedCases',
];

/** @returns {boolean} */
export function isExtension() {
  return inExtension;
}

/**
 * Gets leave to talk to a server. To be called from inside a press, and asks for all of it at once: a press does not last
 * until a slow server has answered.
 * @param {string} server
 * @param {boolean} onPage Whether it signs people in on a page of its own.
 * @returns {Promise<boolean>}
 */
export async function admit(server, onPage) {
  if (!inExtension || !/^https?:\/\//i.test(server) || !URL.canParse(server)) {
    // What is no address is for the form to say.
    return true;
  }
  const { protocol, hostname } = new URL(server);
  const origins = [`${protocol}//${hostname}/*`];
  return allowed(onPage && !chrome.identity ? { origins, ...TO_SIGN_IN } : { origins });
}

/**
 * Reads the page in front of this window. To be called from inside a press.
 * @returns {Promise<{ url: string, title: string, text: string }>} Rejects with `not-allowed`, `closed`, `own` or `gone`.
 */
export async function capture() {
  if (!(await allowed(TO_READ))) {
    throw 'not-allowed';
  }
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  const own = await chrome.tabs.getCurrent();
  if (!tab || tab.id === own?.id) {
    throw 'own';
  }
  try {
    return await read(tab.id);
  } catch (error) {
    if (!needsAccess(error)) {
      throw reason(error);
    }
  }
  if (!(await allowed(EVERY_PAGE))) {
    throw 'not-allowed';
  }
  try {
    return await read(tab.id);
  } catch (error) {
    throw reason(error);
  }
}

/**
 * What the earlier extension left, as JSON of its storage. Nothing is changed there.
 * @returns {Promise<string | undefined>}
 */
export async function earlierData() {
  if (!inExtension) {
    return undefined;
  }
  const found = await chrome.storage.local.get(EARLIER);
  return Object.keys(found).length > 0 ? JSON.stringify(found) : undefined;
}

/** @param {object} permissions */
async function allowed(permissions) {
  try {
    return await chrome.permissions.request(permissions);
  } catch {
    // Refused by a policy, or not from inside a press.
    return false;
  }
}

/** @param {number} tabId */
async function read(tabId) {
  const [frame] = await chrome.scripting.executeScript({ target: { tabId }, files: ['capture.js'] });
  if (!frame?.result) {
    throw new Error('The frame was removed.');
  }
  return frame.result;
}

/** @param {unknown} error */
function needsAccess(error) {
  return String(error).includes('request permission to access');
}

/** @param {unknown} error */
function reason(error) {
  return /removed|No tab|No frame|closed/i.test(String(error)) ? 'gone' : 'closed';
}
