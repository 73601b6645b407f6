// Pictures of every scene in both themes and at every width, for people to look at; no pixels are compared.
//
// They go to the folder that COPILOT_SCREENS names. Without one this file is left out: `cargo xtask screens` names it.

import path from 'node:path';
import { expect, test } from './harness.js';
import { SCENES, shown, THEMES, WIDTHS } from './harness/scenes.js';
import { spoken } from './harness/spoken.js';

const folder = process.env.COPILOT_SCREENS ?? '';

for (const { name, says, arrange } of SCENES) {
  const run = says === undefined ? test : spoken(says);
  run(`${name} is pictured`, async ({ server, chromium }) => {
    const page = await arrange({ server, chromium });
    // Width by width: a drawer becomes a sidebar at the last of them.
    for (const width of WIDTHS) {
      for (const theme of THEMES) {
        await shown(page, theme, width);
        const picture = await page.screenshot({ path: path.join(folder, `${name}-${theme}-${width}.png`) });
        expect(picture.length).toBeGreaterThan(0);
      }
    }
  });
}
