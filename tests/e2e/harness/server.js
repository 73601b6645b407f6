// The built `copilot-server` as a child: start, kill, start again on the same port and data, inject faults.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import readline from 'node:readline';
import { bundle, freshFolder, removeFolder, serverProgram } from './environment.js';
import { Faults } from './faults.js';

const ANNOUNCEMENT = 'listening on ';

export class Server {
  /** The address people open, with the token that signs them in once. A restart brings a new token. */
  url = '';
  /** Everything the server wrote to stderr, over all its lives. */
  output = '';

  /** @type {import('node:child_process').ChildProcess | undefined} */
  #process;
  #data;
  #model;
  #web;
  #dialect;

  /**
   * @param {string} data
   * @param {string} model
   * @param {string} web
   * @param {Dialect} dialect
   */
  constructor(data, model, web, dialect) {
    this.#data = data;
    this.#model = model;
    this.#web = web;
    this.#dialect = dialect;
    this.faults = new Faults(() => this.origin);
  }

  /**
   * @typedef {'turns' | 'queries'} Dialect How it talks; the queries of 2025 keep no idempotency keys.
   *
   * A server on a free port with an empty data folder.
   * @param {string} [model] The endpoint that answers; without one the built-in triage does.
   * @param {string} [web] The folder of the page.
   * @param {Dialect} [dialect]
   */
  static async start(model = '', web = bundle, dialect = 'turns') {
    const server = new Server(freshFolder('data'), model, web, dialect);
    await server.#launch('0');
    return server;
  }

  /** Scheme, host and port, without the token. The same over all lives of the server. */
  get origin() {
    return new URL(this.url).origin;
  }

  /** The folder with the database; it outlives the process. */
  get data() {
    return this.#data;
  }

  /**
   * Ends the process: SIGKILL as a power failure would, SIGTERM as a person would. Returns when it is gone.
   * @param {NodeJS.Signals} [signal]
   */
  async kill(signal = 'SIGKILL') {
    const running = this.#process;
    this.#process = undefined;
    if (running && running.exitCode === null && running.signalCode === null) {
      const gone = once(running, 'exit');
      running.kill(signal);
      await gone;
    }
  }

  /** Starts again what was killed: same port, same data. A server that still runs is killed first. */
  async restart() {
    await this.kill();
    await this.#launch(new URL(this.url).port);
  }

  /** Ends the process and removes its data. */
  async dispose() {
    await this.kill();
    removeFolder(this.#data);
  }

  /** @param {string} port */
  async #launch(port) {
    const options = ['--port', port, '--data', this.#data, '--dialect', this.#dialect, '--faults', '--web', this.#web];
    const child = spawn(serverProgram, options, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Never the model that the person who runs the tests has set up.
      env: { ...process.env, COPILOT_LLM_URL: this.#model, COPILOT_LLM_KEY: '', COPILOT_LLM_MODEL: 'scripted' },
    });
    this.#process = child;
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.output += text;
    });
    this.url = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        reject(new Error(`The server ended (${signal ?? code}) before it listened:\n${this.output}`));
      });
      readline.createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith(ANNOUNCEMENT)) {
          resolve(line.slice(ANNOUNCEMENT.length).trim());
        }
      });
    });
  }
}
