// How the browser tests run. `cargo xtask test` sets the environment; harness.js reads it.

import path from 'node:path';
import { defineConfig } from '@playwright/test';

const folder = import.meta.dirname;

export default defineConfig({
  testDir: folder,
  testMatch: '*.spec.js',
  // Pictures are for people to look at: `cargo xtask screens` takes them. The scenes themselves are checked by axe.
  testIgnore: process.env.COPILOT_SCREENS ? [] : ['screens.spec.js'],
  outputDir: process.env.COPILOT_E2E_OUTPUT ?? path.join(folder, 'test-results'),
  // Every file has a server, a data folder and a browser profile of its own, so files may run side by side.
  fullyParallel: false,
  workers: 2,
  // A test that passes only the second time has failed.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Bounds for something that hangs; nothing waits for them in a passing run.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // The JSON report goes where PLAYWRIGHT_JSON_OUTPUT_FILE says; without it only the list is of use.
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['list'], ['json']] : [['list']],
});
