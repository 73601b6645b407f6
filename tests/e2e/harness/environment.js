// What `cargo xtask test` says through the environment, and where else to look when a spec is run by hand.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');

/** The built server. */
export const serverProgram = process.env.COPILOT_SERVER_BIN ?? path.join(root, 'target/release/copilot-server');

/** The folder of the built bundle. */
export const bundle = process.env.COPILOT_WEB_DIR ?? path.join(root, 'dist/web');

/** The unpacked extension that was made of the bundle. */
export const extension = process.env.COPILOT_EXTENSION_DIR ?? path.join(path.dirname(bundle), 'extension');

/** The folder with the suite of the stores for the browser. */
export const storageSuite = process.env.COPILOT_STORAGE_SUITE ?? path.join(root, 'target/xtask/storage-suite');

/** The browser. */
export const chromiumProgram = process.env.COPILOT_CHROMIUM ?? '/usr/bin/chromium';

/** Chromium refuses to be sandboxed as root, which is what CI machines run as. */
export const isRoot = process.getuid?.() === 0;

/**
 * A new folder of its own.
 * @param {string} purpose
 */
export function freshFolder(purpose) {
  return fs.mkdtempSync(path.join(os.tmpdir(), `copilot-${purpose}-`));
}

/**
 * Removes a folder that a process which has just ended was writing to.
 * @param {string} folder
 */
export function removeFolder(folder) {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
