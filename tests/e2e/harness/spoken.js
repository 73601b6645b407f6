// Tests whose server asks a model that says what the test wants.

import { test as base } from '../harness.js';
import { Model } from './model.js';
import { Server } from './server.js';

/**
 * @param {string} [says] What the model says until it is told something else.
 * @returns {import('@playwright/test').TestType<any, any>}
 */
export function spoken(says = '') {
  return base.extend({
    model: async ({}, use) => {
      const model = await Model.start();
      model.says = says;
      await use(model);
      await model.dispose();
    },
    server: async ({ model }, use) => {
      const server = await Server.start(model.url);
      await use(server);
      await server.dispose();
    },
  });
}
