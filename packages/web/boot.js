// Loads the panel, and says in plain words why if that is not possible.
// A file of its own because the policy of browser extensions forbids scripts inside the page.

const SAFE = 'What you wrote earlier is still on this device.';
const RELOAD = "Reload the page; if that does not help, the browser's console has the details.";

/**
 * What happened, what is safe, what to do.
 * @param {unknown} error
 * @returns {string}
 */
function explain(error) {
  if (typeof WebAssembly !== 'object') {
    return `This browser cannot run WebAssembly, which FaultMaven Copilot is built on. ${SAFE} Allow WebAssembly in the browser's settings or use a current version of Chrome, Edge, Firefox or Safari.`;
  }
  if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) {
    return `FaultMaven Copilot was loaded, but this browser refused to run it. ${SAFE} Reload the page; if that does not help, update the browser.`;
  }
  if (error instanceof WebAssembly.RuntimeError) {
    return `FaultMaven Copilot stopped while it was starting. ${SAFE} ${RELOAD}`;
  }
  return `FaultMaven Copilot could not be loaded. ${SAFE} Check that the server is running and reachable, then reload.`;
}

/** @param {string} sentence */
function show(sentence) {
  const box = document.createElement('div');
  box.className = 'boot-failure';
  box.setAttribute('role', 'alert');
  const text = document.createElement('p');
  text.textContent = sentence;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Reload';
  button.addEventListener('click', () => location.reload());
  // An alert is announced when its content arrives, so the empty box comes first.
  document.getElementById('main').replaceChildren(box);
  box.append(text, button);
}

/**
 * A panel that stopped takes nothing any more: better to say so than to look alive.
 * @param {unknown} error
 */
function stopped(error) {
  if (error instanceof WebAssembly.RuntimeError) {
    show(`FaultMaven Copilot stopped because of a defect. ${SAFE} ${RELOAD}`);
  }
}

addEventListener('error', (event) => stopped(event.error));
addEventListener('unhandledrejection', (event) => stopped(event.reason));

try {
  // Not a static import: if that fails, no line of this file runs.
  const panel = await import('./copilot_web.js');
  await panel.default({ module_or_path: new URL('copilot_web_bg.wasm', import.meta.url) });
} catch (error) {
  console.error(error);
  show(explain(error));
}
