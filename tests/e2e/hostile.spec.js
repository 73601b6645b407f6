// Whatever stands in a message, it is shown as words: nothing runs, nothing loads, nothing breaks the panel.

import { expect } from './harness.js';
import { spoken } from './harness/spoken.js';

const test = spoken();

const DEEP = 10_000;

/** What a model may say, and what of it must be readable. */
const ANSWERS = [
  ['script tags', '<script>window.hit = 1</script>\n\nAfter it.', 'After it.'],
  ['handlers', '<img src=x onerror="window.hit=1"> <svg onload="window.hit=1"></svg>\n\nAfter it.', 'After it.'],
  ['links that run', '[press](javascript:window.hit=1) [data](data:text/html,<script>window.hit=1</script>) [file](file:///etc/passwd)', 'press'],
  ['frames and forms', '<iframe src="javascript:parent.hit=1"></iframe><form action="https://example.invalid"><button>Go</button></form>', 'iframe'],
  ['styles', '<style>* { display: none !important }</style>\n\nStill here.', 'Still here.'],
  ['a picture from elsewhere', '![chart](https://example.invalid/pixel.png)', 'chart'],
  ['direction overrides', 'safe \u202Egnp.exe\u202C and \u2066isolated\u2069 words', 'words'],
  ['zero-width and control characters', 'pass\u200Bword\u200D \u0000\u0007 visible', 'visible'],
  ['a table of 400 rows and 30 columns', `|${'h|'.repeat(30)}\n|${'-|'.repeat(30)}\n${`|${'cell|'.repeat(30)}\n`.repeat(400)}`, 'cell'],
  ['one line of a megabyte', `start ${'x'.repeat(1_000_000)} end`, 'start'],
  ['quotes and lists ten thousand deep', `${'> '.repeat(DEEP)}deepest`, 'deepest'],
  ['a list ten thousand deep', `${'- '.repeat(DEEP)}deepest`, 'deepest'],
  ['nested lists', Array.from({ length: 500 }, (_, n) => `${' '.repeat(n * 2)}- item ${n}`).join('\n'), 'item 0'],
  ['Markdown that is never closed', '**bold *both ~~all `code [link](http:// | a\n```js\nlet open = 1;\n# no end', 'let open'],
  ['a diagram with a script in it', '```mermaid\ngraph TD\n  A["<img src=x onerror=window.hit=1>"] --> B\n  click B "javascript:window.hit=1"\n```\n\nAfter it.', 'After it.'],
];

for (const [name, says, readable] of ANSWERS) {
  test(`an answer with ${name} is harmless`, async ({ copilot, model, panel, complaints }) => {
    /** @type {string[]} */
    const elsewhere = [];
    panel.on('request', (request) => {
      if (new URL(request.url()).hostname.endsWith('example.invalid')) {
        elsewhere.push(request.url());
      }
    });
    model.says = says;
    await copilot.say('What do you see?');
    await copilot.answered(1);
    await expect(copilot.answers).toContainText(readable);
    const harm = await copilot.answers.evaluate((row) => ({
      elements: row.querySelectorAll('script, iframe, form, style, object, embed, img:not([src^="data:image/svg"])').length,
      links: [...row.querySelectorAll('a')].filter((link) => !/^(https?|mailto):/.test(link.getAttribute('href') ?? '')).length,
      // @ts-expect-error: what hostile content would set
      hit: window.hit,
      wide: document.documentElement.scrollWidth > innerWidth,
    }));
    expect(harm).toEqual({ elements: 0, links: 0, hit: undefined, wide: false });
    expect(elsewhere).toEqual([]);
    // The panel goes on.
    model.says = 'Fine.';
    await copilot.say('Still with me?');
    await copilot.answered(2);
    expect(complaints).toEqual([]);
  });
}

test('what the person wrote is shown as written, markup, newlines and all', async ({ copilot, model }) => {
  model.says = 'Seen.';
  const text = '<b>not bold</b>\n\n  two spaces & <script>window.hit=1</script>\n\u202Etxt.exe';
  await copilot.say(text);
  await copilot.answered(1);
  const bubble = copilot.mine.locator('.bubble');
  expect(await bubble.evaluate((bubble) => bubble.textContent)).toBe(text);
  expect(await bubble.evaluate((bubble) => bubble.children.length)).toBe(0);
});

test('links open beside the panel and tell nobody where they were', async ({ copilot, model }) => {
  model.says = 'Read [the runbook](https://runbooks.example/pool) first.';
  await copilot.say('Which runbook?');
  await copilot.answered(1);
  const link = copilot.answers.getByRole('link', { name: 'the runbook' });
  await expect(link).toHaveAttribute('target', '_blank');
  await expect(link).toHaveAttribute('rel', /noopener/);
});

test('a diagram is drawn with the first one, and nothing is loaded for it before', async ({ copilot, model, panel }) => {
  /** @type {string[]} */
  const scripts = [];
  panel.on('request', (request) => scripts.push(new URL(request.url()).pathname));
  model.says = 'No picture here.';
  await copilot.say('First.');
  await copilot.answered(1);
  expect(scripts).not.toContain('/mermaid.js');
  model.says = '```mermaid\ngraph TD\n  LB --> api\n  api --> db[(db-2)]\n```';
  await copilot.say('Draw it.');
  await copilot.answered(2);
  const picture = copilot.answers.last().getByRole('img', { name: /^Diagram/ });
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((image) => /** @type {HTMLImageElement} */ (image).naturalWidth)).toBeGreaterThan(20);
  expect(scripts.filter((path) => path === '/mermaid.js')).toHaveLength(1);
  await copilot.answers.last().getByRole('button', { name: 'Show source' }).click();
  await expect(copilot.answers.last()).toContainText('LB --> api');
  await copilot.answers.last().getByRole('button', { name: 'Show diagram' }).click();
  await expect(picture).toBeVisible();

  // It is a picture, so it does not change with the page: it is drawn once more.
  const drawn = new Set();
  for (const colorScheme of /** @type {const} */ (['dark', 'light', 'dark'])) {
    await panel.emulateMedia({ colorScheme });
    await expect(copilot.answers.last().getByRole('figure')).toHaveAttribute('data-drawn', colorScheme);
    drawn.add(await picture.getAttribute('src'));
  }
  expect(drawn.size, 'pictures').toBeGreaterThan(1);
});

test('a source that is no diagram stays readable as code', async ({ copilot, model }) => {
  model.says = '```mermaid\nthis is [not a diagram\n```';
  await copilot.say('Draw it.');
  await copilot.answered(1);
  await expect(copilot.answers).toContainText('this is [not a diagram');
  await expect(copilot.answers.getByRole('img', { name: /^Diagram/ })).toHaveCount(0);
});
