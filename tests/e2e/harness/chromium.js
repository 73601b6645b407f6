// Chromium with a profile on disk: closed, killed and started again as people and machines do it.

import { once } from 'node:events';
import { chromium as playwright } from '@playwright/test';
import { chromiumProgram, freshFolder, isRoot, removeFolder } from './environment.js';

const FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  ...(isRoot ? ['--no-sandbox'] : []),
];

export class Chromium {
  /** The `Authorization` of the panel's last request, over all lives of the browser: what tests read the server with. */
  authorization = '';

  /** @type {import('@playwright/test').BrowserContext | undefined} */
  #context;
  #profile;
  #options;

  /**
   * @param {string} profile
   * @param {LaunchOptions} options
   */
  constructor(profile, options) {
    this.#profile = profile;
    this.#options = options;
  }

  /**
   * @typedef {Omit<Parameters<typeof playwright.launchPersistentContext>[1] & object, 'executablePath'>} LaunchOptions
   *
   * A browser with an empty profile. Options are Playwright's (`viewport`, `colorScheme`, `args`, …).
   * @param {LaunchOptions} [options]
   * @param {(profile: string) => void} [prepare] Writes into the profile's folder before the first start.
   */
  static async start(options = {}, prepare = () => {}) {
    const profile = freshFolder('profile');
    prepare(profile);
    const browser = new Chromium(profile, options);
    await browser.restart();
    return browser;
  }

  /** Playwright's handle on the running browser. */
  get context() {
    if (!this.#context) {
      throw new Error('Chromium is not running: restart() starts it.');
    }
    return this.#context;
  }

  /** The page the browser opened with. */
  async page() {
    const [first] = this.context.pages();
    return first ?? this.context.newPage();
  }

  /** Starts the browser on its profile. One that runs is closed first. */
  async restart() {
    await this.close();
    const { args = [], ...options } = this.#options;
    this.#context = await playwright.launchPersistentContext(this.#profile, {
      viewport: { width: 400, height: 860 },
      // The installed page has specs of its own; elsewhere its files would come past the routes of a test.
      serviceWorkers: 'block',
      ...options,
      executablePath: chromiumProgram,
      args: [...FLAGS, ...args],
      // A killed browser leaves its temporary files; they go with the profile.
      env: { ...process.env, TMPDIR: this.#profile },
    });
    this.#context.on('request', (request) => {
      this.authorization = request.headers().authorization ?? this.authorization;
    });
  }

  /** Closes the browser as a person does: pages get their events, storage is written out. */
  async close() {
    await this.#context?.close();
    this.#context = undefined;
  }

  /** Ends the browser's main process with SIGKILL: nothing is written out any more. Returns when it is gone. */
  async kill() {
    const kill = await this.killer();
    await kill();
  }

  /** What kills the browser at once when it is called; finding the process takes a moment, and is done before. */
  async killer() {
    const context = this.context;
    const browser = context.browser();
    if (!browser) {
      throw new Error('This Playwright does not hand out the browser of a profile.');
    }
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const main = processInfo.find(({ type }) => type === 'browser');
    if (!main) {
      throw new Error('Chromium did not name its main process.');
    }
    return async () => {
      const gone = once(context, 'close');
      process.kill(main.id, 'SIGKILL');
      await gone;
      this.#context = undefined;
    };
  }

  /** Ends the browser and removes its profile. */
  async dispose() {
    await this.close();
    removeFolder(this.#profile);
  }
}
