// The part of the shell that lives inside of the page: tells what only the page knows. Runs until the window goes.

const { long, most, undoKeys } = await dioxus.recv();

const isField = (element) => element?.matches?.("input, textarea, [contenteditable]") ?? false;
const isLong = (text) => text.length > long.bytes || text.split("\n", long.lines + 2).length > long.lines + 1;

// Short text that goes into a field is the page's own business. The rest is handed over: outside of fields nobody
// would take it, and a long text becomes an attachment.
addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const isComposer = event.target?.matches?.("textarea") ?? false;
  if (text === "" || (isField(event.target) && !(isComposer && isLong(text)))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // UTF-16 units never outnumber bytes: what is too long by units is too long by bytes.
  dioxus.send(text.length > most ? { said: "large-paste", bytes: text.length } : { said: "paste", text });
}, true);

// In the page, where they keep their place among all that is typed.
if (undoKeys) {
  addEventListener("keydown", (event) => {
    const { key, ctrlKey, altKey, shiftKey, target } = event;
    if (!ctrlKey || altKey || key.toLowerCase() !== "z" || !isField(target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    document.execCommand(shiftKey ? "redo" : "undo");
  }, true);
}

const tellCaret = () => {
  const field = document.activeElement;
  if (field?.matches?.("textarea")) dioxus.send({ said: "caret", at: field.selectionStart });
};
document.addEventListener("selectionchange", tellCaret);
addEventListener("focusin", tellCaret);
tellCaret();

let times = 0;
for (const what of ["keydown", "input", "keyup"]) addEventListener(what, () => { times += 1; }, true);
/** Asked for when the window is about to go. */
globalThis.tellTyped = () => dioxus.send({ said: "typed", times });

document.addEventListener("visibilitychange", () => {
  dioxus.send({ said: document.visibilityState === "visible" ? "shown" : "hidden" });
});

// The engine's menu for text is of use; the one for pages offers to load this one again.
addEventListener("contextmenu", (event) => {
  if (isField(event.target) || !getSelection().isCollapsed) event.stopImmediatePropagation();
  else event.preventDefault();
}, true);

await new Promise(() => {});
