// Years of work, written through the server's own API before the panel looks.

import { randomUUID } from 'node:crypto';
import { expect } from '@playwright/test';

/** Answers that differ in height, as real ones do. */
const WORDS = ['Checked.', 'The pool of db-2 is at its limit since the deploy. '.repeat(3), 'Two pods restart with OOMKilled, one per node, every ten minutes.'];

/**
 * Makes a case and fills it with turns; each turn is two messages.
 * @param {import('./server.js').Server} server
 * @param {import('./chromium.js').Chromium} chromium The panel in it must have signed in.
 * @param {number} turns
 * @param {string} [title]
 * @returns {Promise<string>} The server's id of the case.
 */
export async function fill(server, chromium, turns, title = 'Years of work') {
  const post = async (/** @type {string} */ path, /** @type {BodyInit} */ body, headers = {}) => {
    // The key is the same for every try: what was carried out is not carried out again.
    const key = randomUUID();
    for (;;) {
      const { authorization } = chromium;
      const answer = await fetch(`${server.origin}/api/v1${path}`, {
        method: 'POST',
        headers: { authorization, 'idempotency-key': key, ...headers },
        body,
      });
      if (answer.ok) {
        return answer.json();
      }
      if (answer.status !== 401) {
        throw new Error(`POST ${path} was answered with ${answer.status}: ${await answer.text()}`);
      }
      // The panel has renewed its token, and shows the new one with its next request.
      await expect.poll(() => chromium.authorization, { timeout: 60_000 }).not.toBe(authorization);
    }
  };
  const { case_id } = await post('/cases', JSON.stringify({ title }), { 'content-type': 'application/json' });
  for (let turn = 1; turn <= turns; turn += 1) {
    const form = new FormData();
    form.set('query', `Message ${turn}. ${WORDS[turn % WORDS.length]}`);
    await post(`/cases/${case_id}/turns`, form);
  }
  return case_id;
}

/**
 * Makes cases, with one turn each unless told otherwise.
 * @param {import('./server.js').Server} server
 * @param {import('./chromium.js').Chromium} chromium
 * @param {number} count
 * @param {{ turns?: number, lanes?: number, done?: (count: number) => void }} [more] `turns` is a mean, `lanes` how many are
 *   made at once, `done` is told how many there are.
 */
export async function manyCases(server, chromium, count, { turns = 1, lanes = 4, done = () => {} } = {}) {
  let begun = 0;
  let finished = 0;
  const lane = async () => {
    while (begun < count) {
      const number = begun;
      begun += 1;
      const own = number % 2 === 0 ? Math.floor(turns) : Math.ceil(turns);
      await fill(server, chromium, own, `Incident ${number} at node ${number % 97}`);
      finished += 1;
      done(finished);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
