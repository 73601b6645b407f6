// How `cargo xtask bench` runs the measurements in the browser: one after the other, and nothing else beside them.

import path from 'node:path';
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.js';

export default defineConfig({
  ...tests,
  testDir: path.join(import.meta.dirname, 'speed'),
  testMatch: '*.speed.js',
  workers: 1,
  timeout: 1_200_000,
});
