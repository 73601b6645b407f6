// The unpacked extension in Chromium. Its panel is opened as a tab: the same page, which Playwright can see.
//
// No program can answer the browser's question about a permission. What follows a "yes" is tested with an extension that has
// the permissions from its manifest; what is asked, and what follows a "no", with `answering`.

import fs from 'node:fs';
import path from 'node:path';
import { expect } from '@playwright/test';
import { Chromium } from './chromium.js';
import { Copilot } from './copilot.js';
import { extension, freshFolder, removeFolder } from './environment.js';
import { watch } from './faultless.js';

/** What the optional permissions become when a person has agreed to them for servers and pages on this device. */
const AGREED = { permissions: ['activeTab', 'scripting'], host_permissions: ['http://127.0.0.1/*'] };

/** The manifest as it is shipped. */
export function manifest() {
  return JSON.parse(fs.readFileSync(path.join(extension, 'manifest.json'), 'utf8'));
}

export class Extension {
  /** What the pages complained about so far; must be empty at the end of a test. */
  complaints = /** @type {string[]} */ ([]);
  /** `chrome-extension://` and the id. */
  origin = '';

  #folder;

  /** @param {Chromium} chromium @param {string} folder */
  constructor(chromium, folder) {
    this.chromium = chromium;
    this.#folder = folder;
  }

  /**
   * Chromium with the extension.
   * @param {{ agreed?: boolean }} [options] Whether the person has agreed to everything that is asked for.
   */
  static async start({ agreed = true } = {}) {
    const folder = freshFolder('extension');
    fs.cpSync(extension, folder, { recursive: true });
    if (agreed) {
      const given = manifest();
      given.permissions.push(...AGREED.permissions);
      given.optional_permissions = [];
      given.host_permissions = AGREED.host_permissions;
      fs.writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(given));
    }
    const chromium = await Chromium.start({
      viewport: { width: 360, height: 860 },
      serviceWorkers: 'allow',
      args: [
        '--headless=new',
        `--disable-extensions-except=${folder}`,
        `--load-extension=${folder}`,
        '--disable-features=DisableLoadExtensionCommandLineSwitch',
      ],
    });
    const started = new Extension(chromium, folder);
    const worker = await started.worker();
    started.origin = `chrome-extension://${new URL(worker.url()).host}`;
    return started;
  }

  /** The extension's service worker; starts with the browser. */
  async worker() {
    const { context } = this.chromium;
    return context.serviceWorkers()[0] ?? context.waitForEvent('serviceworker');
  }

  /** A new page that is watched for complaints. */
  async page() {
    const page = await this.chromium.context.newPage();
    await watch(page, this.complaints);
    return page;
  }

  /**
   * A panel.
   * @param {string} [place] What stands behind the `#`.
   */
  async panel(place = '') {
    const page = await this.page();
    await page.goto(`${this.origin}/index.html${place && `#${place}`}`);
    return new Copilot(page);
  }

  /**
   * Signs in with the link that the server printed, as its owner does.
   * @param {Copilot} panel
   * @param {import('./server.js').Server} server
   */
  async signIn(panel, server) {
    await panel.page.getByRole('textbox', { name: 'Server address', exact: true }).fill(server.url);
    await panel.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await panel.composer.waitFor();
  }

  /**
   * Ends the service worker as the browser does when it is idle. Returns when it is gone.
   * @param {Copilot} panel
   */
  async stopWorker(panel) {
    const session = await this.chromium.context.newCDPSession(panel.page);
    await session.send('ServiceWorker.enable');
    await session.send('ServiceWorker.stopAllWorkers');
    const browser = await this.chromium.context.browser()?.newBrowserCDPSession();
    const workers = async () => {
      const { targetInfos } = (await browser?.send('Target.getTargets')) ?? { targetInfos: [] };
      return targetInfos.filter(({ type }) => type === 'service_worker');
    };
    await expect.poll(workers, 'the service worker ends').toEqual([]);
  }

  async dispose() {
    await this.chromium.dispose();
    removeFolder(this.#folder);
  }
}

/**
 * Answers the browser's questions about permissions in the person's place, and keeps what was asked.
 * @param {Copilot} panel
 * @param {(asked: { permissions?: string[], origins?: string[] }) => boolean} answer
 */
export async function answering(panel, answer) {
  /** @type {object[]} */
  const asked = [];
  await panel.page.exposeFunction('answerPermission', (/** @type {any} */ question) => {
    asked.push(question);
    return answer(question);
  });
  await panel.page.evaluate(() => {
    const { permissions } = /** @type {any} */ (globalThis).chrome;
    const request = permissions.request.bind(permissions);
    permissions.request = async (/** @type {any} */ question) => {
      // @ts-expect-error: exposed above
      const yes = await window.answerPermission(question);
      // What is no access to a site Chromium grants without asking anybody.
      return yes && question.permissions ? request({ permissions: question.permissions }) : yes;
    };
  });
  return asked;
}
