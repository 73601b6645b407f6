// What the server has: the other half of "nothing lost, nothing doubled".

/**
 * @typedef {object} StoredCase
 * @property {string} id
 * @property {string} title
 * @property {string[]} said The person's messages, in the server's order.
 * @property {number} answers How many answers there are.
 */

/**
 * The cases of the account that the browser is signed in to, oldest first.
 * @param {import('./server.js').Server} server
 * @param {import('./chromium.js').Chromium} chromium
 * @returns {Promise<StoredCase[]>}
 */
export async function stored(server, chromium) {
  /** @param {string} path */
  const read = async (path) => {
    const answer = await fetch(`${server.origin}/api/v1${path}`, {
      headers: { accept: 'application/json', authorization: chromium.authorization },
    });
    if (answer.status === 404) {
      return undefined;
    }
    if (!answer.ok) {
      throw new Error(`GET ${path} was answered with ${answer.status}: ${await answer.text()}`);
    }
    return answer.json();
  };
  const { cases } = await read('/cases?limit=100&offset=0&include_empty=true');
  cases.sort((/** @type {any} */ a, /** @type {any} */ b) => a.created_at.localeCompare(b.created_at));
  const all = await Promise.all(
    cases.map(async (/** @type {any} */ { case_id, title }) => {
      const page = await read(`/cases/${case_id}/messages?limit=100&offset=0`);
      if (!page) {
        // Deleted since it was listed.
        return undefined;
      }
      const { messages } = page;
      const of = (/** @type {string} */ role) => messages.filter((/** @type {any} */ row) => row.role === role);
      return { id: case_id, title, said: of('user').map((/** @type {any} */ row) => row.content), answers: of('assistant').length };
    }),
  );
  return all.filter((one) => one !== undefined);
}

/**
 * The id of the oldest case of an account.
 * @param {import('./server.js').Server} server
 * @param {{ authorization: string }} headers
 * @returns {Promise<string>}
 */
async function oldestCase(server, headers) {
  const list = await fetch(`${server.origin}/api/v1/cases?limit=100&offset=0&include_empty=true`, { headers });
  const { cases } = await list.json();
  const [oldest] = cases.sort((/** @type {any} */ a, /** @type {any} */ b) => a.created_at.localeCompare(b.created_at));
  return oldest.case_id;
}

/**
 * Moves the oldest case of the account to another state, as a client elsewhere does.
 * @param {import('./server.js').Server} server
 * @param {import('./chromium.js').Chromium} chromium
 * @param {{ from: string, to: string }} states
 */
export async function move(server, chromium, { from, to }) {
  const headers = { authorization: chromium.authorization };
  const oldest = await oldestCase(server, headers);
  const form = new FormData();
  form.set('query', 'Moved elsewhere.');
  form.set('intent_type', 'status_transition');
  form.set('intent_data', JSON.stringify({ type: 'status_transition', from_state: from, to_state: to, user_confirmed: true }));
  const answer = await fetch(`${server.origin}/api/v1/cases/${oldest}/turns`, {
    method: 'POST',
    headers: { ...headers, 'idempotency-key': crypto.randomUUID() },
    body: form,
  });
  if (!answer.ok) {
    throw new Error(`The state was answered with ${answer.status}: ${await answer.text()}`);
  }
}

/**
 * What the person said, case by case.
 * @param {import('./server.js').Server} server
 * @param {import('./chromium.js').Chromium} chromium
 */
export async function said(server, chromium) {
  return (await stored(server, chromium)).map((stored) => stored.said);
}

/**
 * The requests of a kind that the server carried out; a replayed answer carried nothing out. A request is listed when
 * its answer is complete, a moment after what it wrote can be read: poll.
 * @param {import('./server.js').Server} server
 * @param {import('./routes.js').Route} route
 */
export async function carriedOut(server, route) {
  return (await arrived(server, route)).filter(({ committed, replayed }) => committed && !replayed);
}

/**
 * The requests of a kind that arrived in this life of the server.
 * @param {import('./server.js').Server} server
 * @param {import('./routes.js').Route} route
 */
export async function arrived(server, { method, path }) {
  const pattern = new RegExp(`^${path.replaceAll('*', '[^/]+')}$`);
  return (await server.faults.log()).filter((entry) => entry.method === method && pattern.test(entry.path));
}

/**
 * Gives the oldest case another title, as another device does.
 * @param {import('./server.js').Server} server
 * @param {import('./chromium.js').Chromium} chromium
 * @param {string} title
 */
export async function retitle(server, chromium, title) {
  const headers = { 'content-type': 'application/json', authorization: chromium.authorization };
  const oldest = await oldestCase(server, headers);
  const answer = await fetch(`${server.origin}/api/v1/cases/${oldest}`, {
    method: 'PUT',
    headers: { ...headers, 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify({ title }),
  });
  if (!answer.ok) {
    throw new Error(`The title was answered with ${answer.status}: ${await answer.text()}`);
  }
}

/** The body of a list that has nothing. */
export const NO_MESSAGES = { messages: [], total_count: 0, retrieved_count: 0, has_more: false };

/**
 * The body of the list of the only case with what was asked and without what was answered.
 * @param {import('./server.js').Server} server
 * @param {import('./chromium.js').Chromium} chromium
 */
export async function withoutAnswers(server, chromium) {
  await server.faults.clear();
  const [{ id }] = await stored(server, chromium);
  const headers = { authorization: chromium.authorization };
  const listed = await fetch(`${server.origin}/api/v1/cases/${id}/messages?limit=100&offset=0`, { headers });
  const list = await listed.json();
  const messages = list.messages.filter((/** @type {{ role: string }} */ { role }) => role === 'user');
  return { ...list, messages, total_count: messages.length, retrieved_count: messages.length };
}
