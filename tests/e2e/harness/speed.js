// Where measurements go, how often they are made, and what a page knows about its own frames.

import fs from 'node:fs';

const report = process.env.COPILOT_BENCH_REPORT;

/** A few runs of everything, to see that it runs. */
export const quick = process.env.COPILOT_BENCH === 'quick';

/**
 * A number of repetitions or a size.
 * @param {number} asked
 * @param {number} few
 */
export const either = (asked, few) => (quick ? few : asked);

/**
 * Enters a measure; `cargo xtask bench` knows it by its name.
 * @param {string} measure
 * @param {'ms' | 'MB'} unit
 * @param {number[]} samples
 */
export function tell(measure, unit, samples) {
  const line = JSON.stringify({ measure, unit, samples });
  if (report) {
    fs.appendFileSync(report, `${line}\n`);
  } else {
    console.log(line);
  }
}

/**
 * Milliseconds between the text and Enter, and as many before the next text. While something moves, the browser paints at
 * the beat of the screen and every press waits for it; this is longer than the button takes to light up (120 ms), and
 * than the row before takes to say that it is being sent (400 ms from its Enter).
 */
const PAUSE = 300;

/**
 * How long it takes from each press of Enter until the frame with its consequences is handed to the screen: the first
 * frame after the event, as `same-frame.spec.js` proves.
 *
 * The end is taken from the browser's trace, where the page's thread has handed the frame over. A task that the page
 * posts in the frame, as `untilPainted` does, would not do: after a press the browser holds tasks back, in one of five
 * cases until the frame after the next.
 * @param {import('@playwright/test').Page} page
 * @param {number} count
 * @param {(number: number) => Promise<void>} write Gets the page ready for a press.
 * @returns {Promise<number[]>} Milliseconds.
 */
export async function enters(page, count, write) {
  await page.evaluate(() => {
    const watching = new AbortController();
    const { signal } = watching;
    addEventListener(
      'keydown',
      ({ key, timeStamp }) => {
        if (key === 'Enter') {
          performance.mark('press', { startTime: timeStamp });
          requestAnimationFrame(() => performance.mark('frame'));
        }
      },
      { capture: true, signal },
    );
    Object.assign(window, { watching });
  });
  const events = await traced(page, ['blink.user_timing', 'cc'], async () => {
    for (let number = 0; number < count; number += 1) {
      await write(number);
      await page.waitForTimeout(PAUSE);
      await page.keyboard.press('Enter');
      await page.waitForTimeout(PAUSE);
    }
  });
  // @ts-expect-error: written above
  await page.evaluate(() => window.watching.abort());
  const named = (/** @type {string} */ name) => events.filter((event) => event.name === name);
  const [frames, ends] = [named('frame'), named('ProxyMain::BeginMainFrame::commit')];
  const samples = named('press').flatMap((press) => {
    const frame = frames.find(({ ts }) => ts >= press.ts);
    const end = frame && ends.find(({ ts, pid }) => ts >= frame.ts && pid === frame.pid);
    return end ? [(end.ts + (end.dur ?? 0) - press.ts) / 1_000] : [];
  });
  if (samples.length !== count) {
    throw new Error(`${count} presses, and ${samples.length} of them with a frame in the trace.`);
  }
  return samples;
}

/**
 * What the browser notes while something is done, oldest first.
 * @param {import('@playwright/test').Page} page
 * @param {string[]} categories
 * @param {() => Promise<void>} work
 * @returns {Promise<{ name: string, pid: number, ts: number, dur?: number }[]>} `ts` and `dur` in microseconds.
 */
async function traced(page, categories, work) {
  const session = await page.context().newCDPSession(page);
  /** @type {any[]} */
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const ended = new Promise((done) => session.once('Tracing.tracingComplete', done));
  const traceConfig = { includedCategories: categories, excludedCategories: ['*'] };
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig });
  try {
    await work();
  } finally {
    await session.send('Tracing.end');
    await ended;
    await session.detach();
  }
  return events.sort((one, other) => one.ts - other.ts);
}

/**
 * Waits until a page has asked nobody for anything for a while.
 * @param {import('@playwright/test').Page} page
 * @param {number} millis
 */
export async function rested(page, millis) {
  let last = Date.now();
  const asked = () => {
    last = Date.now();
  };
  page.on('request', asked);
  while (Date.now() - last < millis) {
    await page.waitForTimeout(100);
  }
  page.off('request', asked);
}

/**
 * A page that answers Enter with one line of text: what the browser itself needs, and the wait for the next frame.
 * @param {import('@playwright/test').BrowserContext} context
 */
export async function barePage(context) {
  const page = await context.newPage();
  await page.evaluate(() => {
    const field = document.createElement('textarea');
    document.body.append(field);
    field.focus();
    addEventListener('keydown', ({ key }) => {
      if (key === 'Enter') {
        document.body.append(document.createElement('p'), 'A line');
      }
    });
  });
  return page;
}

/**
 * Every page that this context loads from now on notes when its list of cases and its composer can be used.
 * @param {import('@playwright/test').BrowserContext} context
 */
export async function watchStart(context) {
  await context.addInitScript(() => {
    Object.assign(window, {
      usable: new Promise((resolve) => {
        const look = () => {
          const row = document.querySelector('nav[aria-label="Cases"] [data-key]');
          const field = document.querySelector('textarea[aria-label="Message"]');
          if (!row || !field) {
            requestAnimationFrame(look);
            return;
          }
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now());
          port2.postMessage(0);
        };
        requestAnimationFrame(look);
      }),
    });
  });
}

/**
 * Starts the panel so often, in a context that is watched, and lets every start come to rest before the next.
 * @param {import('@playwright/test').Page} page A page that shows the panel.
 * @param {number} count
 * @param {() => Promise<unknown>} [again] Starts it anew in that page; otherwise each start is in a new tab, and
 *   the one before is closed.
 * @returns {Promise<number[]>} Milliseconds from the beginning of the navigation until it can be used.
 */
export async function starts(page, count, again) {
  const times = [];
  const address = page.url();
  const size = /** @type {{ width: number, height: number }} */ (page.viewportSize());
  let shown = page;
  for (let number = 0; number < count; number += 1) {
    if (again) {
      await again();
    } else {
      const next = await page.context().newPage();
      await next.setViewportSize(size);
      await shown.close();
      shown = next;
      await shown.goto(address);
    }
    // @ts-expect-error: written above
    times.push(await shown.evaluate(() => window.usable));
    await shown.evaluate(() => new Promise((idle) => requestIdleCallback(idle)));
  }
  return times;
}

/**
 * To be evaluated on the button that opens a case: how long until its messages are painted.
 * @param {Element} button
 */
export async function untilPainted(button) {
  const begun = performance.now();
  /** @type {HTMLElement} */ (button).click();
  while (!document.querySelector('[role="log"] article')) {
    await new Promise((done) => requestAnimationFrame(done));
  }
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - begun;
}

/**
 * To be evaluated on a conversation: the lengths of frames while it is scrolled up, a screen every ten frames.
 * @param {Element} log
 * @param {{ from: number, count: number }} how Where to begin, as a part of the whole height.
 */
export async function framesOf(log, { from, count }) {
  /** @type {() => Promise<number>} */
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  log.scrollTop = log.scrollHeight * from;
  await frame();
  await frame();
  const times = [];
  let before = await frame();
  for (let number = 0; number < count; number += 1) {
    log.scrollTop -= 70;
    const now = await frame();
    times.push(now - before);
    before = now;
  }
  return times;
}

/**
 * Does something with the page's processor slowed down.
 * @param {import('@playwright/test').Page} page
 * @param {number} rate 1 is the machine as it is.
 * @param {() => Promise<void>} work
 */
export async function slowed(page, rate, work) {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate });
  try {
    await work();
  } finally {
    // A session that stays would slow every later document of the page down again, whatever another one says.
    await session.detach();
  }
}

/**
 * What the page holds, in megabytes: objects of JavaScript that are alive, and the module's memory.
 * @param {import('@playwright/test').Page} page
 */
export async function memory(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  await session.detach();
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
  const module = await page.evaluate(async () => {
    // The page's own instance: a module is loaded once, and its start gives what is there already.
    const { default: start } = await import(new URL('copilot_web.js', document.baseURI).href);
    return (await start()).memory.buffer.byteLength;
  });
  return (heap + module) / 1e6;
}
