// `/__faults` of the server: rules that make it slow, silent or wrong, and the log of what arrived.

/**
 * @typedef {object} Rule
 * @property {string} [id]
 * @property {{ path?: string, method?: string, key?: string, body_contains?: string }} [match]
 * @property {{ skip?: number, every?: number, probability?: number, count?: number | null }} [when]
 * @property {number | [number, number]} [latency_ms]
 * @property {{ kind: string, [parameter: string]: unknown }} fault
 *
 * @typedef {object} Entry One request as the server saw it.
 * @property {number} n
 * @property {string} method
 * @property {string} path
 * @property {string | null} key The Idempotency-Key.
 * @property {string | null} rule
 * @property {number | null} status
 * @property {number} runs How often the handler ran.
 * @property {boolean} committed
 * @property {boolean} replayed
 */

export class Faults {
  #origin;

  /** @param {() => string} origin */
  constructor(origin) {
    this.#origin = origin;
  }

  /**
   * Replaces all rules and the seed of their randomness.
   * @param {Rule[]} rules
   * @param {number} [seed]
   */
  async set(rules, seed = 1) {
    await this.#call('PUT', '', { seed, rules });
  }

  /**
   * Adds one rule.
   * @param {Rule} rule
   */
  async add(rule) {
    await this.#call('POST', '/rules', rule);
  }

  /**
   * Removes one rule.
   * @param {string} id
   */
  async remove(id) {
    await this.#call('DELETE', `/rules/${encodeURIComponent(id)}`);
  }

  /** Removes all rules. */
  async clear() {
    await this.#call('DELETE', '');
  }

  /**
   * Ends all requests that hang.
   * @returns {Promise<number>} How many there were.
   */
  async release() {
    const { released } = await this.#call('POST', '/release');
    return released;
  }

  /** Removes all rules and lets the request go that they hold: when it hangs, which may be in a moment. */
  async letGo() {
    const holds = async () => (await this.read()).rules.some((/** @type {{ fired: number }} */ { fired }) => fired > 0);
    while (!(await holds()));
    await this.clear();
    while ((await this.release()) === 0);
  }

  /** Empties the store. Rules stay. */
  async reset() {
    await this.#call('POST', '/reset');
  }

  /** The rules with how often each was looked at and fired. */
  async read() {
    return this.#call('GET', '');
  }

  /**
   * The requests that arrived, all but the first `after`.
   * @param {number} [after]
   * @returns {Promise<Entry[]>}
   */
  async log(after = 0) {
    const { entries } = await this.#call('GET', `/log?after=${after}`);
    return entries;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   */
  async #call(method, path, body) {
    const answer = await fetch(`${this.#origin()}/__faults${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} /__faults${path} was answered with ${answer.status}: ${text}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  }
}
