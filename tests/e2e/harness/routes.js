// The calls of the contract that rules and the log are about.

/** @typedef {{ method: string, path: string }} Route */

/** @type {Route} */
export const CREATE = { method: 'POST', path: '/api/v1/cases' };

/** @type {Route} */
export const TURNS = { method: 'POST', path: '/api/v1/cases/*/turns' };

/** @type {Route} What a turn is to a server of the queries dialect. */
export const QUERIES = { method: 'POST', path: '/api/v1/cases/*/queries' };

/** @type {Route} */
export const MESSAGES = { method: 'GET', path: '/api/v1/cases/*/messages' };

/** @type {Route} */
export const RENAME = { method: 'PUT', path: '/api/v1/cases/*' };

/** @type {Route} */
export const DELETE = { method: 'DELETE', path: '/api/v1/cases/*' };

/** @type {Route} */
export const SEARCH = { method: 'POST', path: '/api/v1/cases/search' };

/** @type {Route} Where the link that the server printed is exchanged. */
export const LINK = { method: 'POST', path: '/api/v1/auth/token' };

/** @type {Route} */
export const REFRESH = { method: 'POST', path: '/api/v1/auth/refresh' };

/**
 * A rule that answers a call with a status.
 * @param {Route} route
 * @param {number} status
 * @param {{ code?: string, body?: unknown, headers?: Record<string, string>, retry_after?: object, count?: number }} [more]
 * @returns {import('./faults.js').Rule}
 */
export function answerWith(route, status, { code, body, headers = {}, retry_after, count } = {}) {
  return {
    match: route,
    when: count === undefined ? undefined : { count },
    fault: {
      kind: 'status',
      status,
      headers: code === undefined ? headers : { 'x-error-code': code, ...headers },
      body: body ?? { detail: 'Refused by a rule.' },
      ...(retry_after && { retry_after }),
    },
  };
}

/**
 * A rule that lets a call hang until it is released.
 * @param {Route} route
 * @param {{ commit?: boolean }} [more] Whether the server carries it out before.
 * @returns {import('./faults.js').Rule}
 */
export function hang(route, { commit = false } = {}) {
  return { match: route, fault: { kind: 'hang', commit } };
}

/**
 * A rule that delays a call.
 * @param {Route} route
 * @param {number} millis
 * @returns {import('./faults.js').Rule}
 */
export function delay(route, millis) {
  return { match: route, latency_ms: millis, fault: { kind: 'none' } };
}
