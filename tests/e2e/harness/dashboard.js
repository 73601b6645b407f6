// A server that signs people in on a page of its own (OAuth, contract 2.1): it stands in front of the real one, which has
// no such page, hands out the real server's tokens for the codes that its page gave, and passes on everything else.

import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';

const ANYBODY = { 'access-control-allow-headers': 'authorization, content-type, idempotency-key, x-session-id' };

export class Dashboard {
  origin = '';

  #behind;
  #server = http.createServer((request, answer) => void this.#answer(request, answer));
  /** The fields of the page that each code came from; a code works once, and for who opened that page. */
  #codes = /** @type {Map<string, Record<string, string>>} */ (new Map());

  /** @param {import('./server.js').Server} behind */
  constructor(behind) {
    this.#behind = behind;
  }

  /** @param {import('./server.js').Server} behind The real server. */
  static async start(behind) {
    const dashboard = new Dashboard(behind);
    await new Promise((resolve) => dashboard.#server.listen(0, '127.0.0.1', () => resolve(undefined)));
    const { port } = /** @type {import('node:net').AddressInfo} */ (dashboard.#server.address());
    dashboard.origin = `http://127.0.0.1:${port}`;
    return dashboard;
  }

  dispose() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** @param {http.IncomingMessage} request @param {http.ServerResponse} answer */
  async #answer(request, answer) {
    const { origin } = request.headers;
    for (const [name, value] of Object.entries(origin ? { ...ANYBODY, 'access-control-allow-origin': origin } : {})) {
      answer.setHeader(name, value);
    }
    const { pathname, searchParams } = new URL(request.url ?? '', this.origin);
    switch (request.method === 'OPTIONS' ? '' : pathname) {
      case '/api/v1/auth/config':
        return json(answer, 200, {
          auth_mode: 'oauth',
          supports_registration: false,
          login_endpoint: null,
          register_endpoint: null,
          oauth: { authorize_url: '/auth/oauth/authorize', token_url: '/auth/oauth/token', client_id: 'faultmaven-copilot', scopes: ['openid', 'cases:write'], hosted_login_url: null },
        });
      case '/api/v1/auth/login':
        return json(answer, 404, { detail: 'Not found' });
      case '/auth/authorize':
        return this.#ask(answer, Object.fromEntries(searchParams));
      case '/api/v1/auth/oauth/token':
        return this.#trade(answer, JSON.parse(await text(request)));
      default:
        return this.#pass(request, answer);
    }
  }

  /** @param {http.ServerResponse} answer @param {Record<string, string>} fields */
  #ask(answer, fields) {
    const code = randomUUID();
    this.#codes.set(code, fields);
    const to = (/** @type {Record<string, string>} */ query) =>
      `${fields.redirect_uri}?${new URLSearchParams({ ...query, state: fields.state ?? '' })}`.replaceAll('&', '&amp;');
    answer.setHeader('content-type', 'text/html').end(`<!doctype html><title>Northwind Ops</title>
      <h1>Let FaultMaven Copilot in?</h1>
      <a href="${to({ code })}">Approve</a> <a href="${to({ error: 'access_denied' })}">Refuse</a>`);
  }

  /** @param {http.ServerResponse} answer @param {Record<string, string>} asked */
  async #trade(answer, { code = '', code_verifier = '', redirect_uri = '' }) {
    const fields = this.#codes.get(code);
    this.#codes.delete(code);
    const challenge = createHash('sha256').update(code_verifier).digest('base64url');
    if (fields?.code_challenge !== challenge || fields.redirect_uri !== redirect_uri) {
      return json(answer, 400, { error: 'invalid_grant' });
    }
    const signedUp = await fetch(`${this.#behind.origin}/api/v1/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'maria.ortiz' }),
    });
    const { access_token, refresh_token, expires_in, refresh_expires_in, user } = await signedUp.json();
    const { user_id, username } = user;
    return json(answer, 200, { access_token, refresh_token, token_type: 'Bearer', expires_in, refresh_expires_in, user_id, username });
  }

  /** @param {http.IncomingMessage} request @param {http.ServerResponse} answer */
  async #pass(request, answer) {
    const { hostname, port, host } = new URL(this.#behind.origin);
    const passed = http.request({ hostname, port, path: request.url, method: request.method, headers: { ...request.headers, host } });
    passed.on('response', (found) => {
      const isCapabilities = request.url?.endsWith('/capabilities');
      if (!isCapabilities) {
        found.pipe(answer.writeHead(found.statusCode ?? 502, found.headers));
        return;
      }
      void text(found).then((body) => {
        json(answer, found.statusCode ?? 502, { ...JSON.parse(body), dashboardUrl: this.origin });
      });
    });
    passed.on('error', () => answer.destroy());
    request.pipe(passed);
  }
}

/** @param {http.ServerResponse} answer @param {number} status @param {object} body */
function json(answer, status, body) {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** @param {http.IncomingMessage} message */
async function text(message) {
  const parts = [];
  for await (const part of message) {
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
