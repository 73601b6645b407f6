// The panel as an extension: how soon it can be used, and what it holds.

import { expect, test } from '../harness.js';
import { Extension } from '../harness/extension.js';
import { either, memory, tell, watchStart } from '../harness/speed.js';

test('the panel of the extension is there at once', async ({ server }) => {
  const extension = await Extension.start();
  try {
    const panel = await extension.panel();
    await extension.signIn(panel, server);
    await panel.widen();
    await panel.say('Checkout is slow.');
    await panel.answered(1);
    tell('extension.memory', 'MB', [await memory(panel.page)]);
    const usable = await watchStart(extension.chromium.context);
    const starts = [];
    for (let number = 0; number < either(20, 2); number += 1) {
      await panel.page.reload();
      starts.push(await usable(panel.page));
    }
    tell('extension.start', 'ms', starts);
    expect(extension.complaints).toEqual([]);
  } finally {
    await extension.dispose();
  }
});
