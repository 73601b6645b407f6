// Keeps what is typed.
//
// The program draws in another process. When its drawing of a text arrives, more may have been typed; the renderer
// would put the older text into the field and take the newer letters away. Here a field takes a text only when the
// program has heard of everything that was typed. What is typed after Enter, before the program has emptied the field,
// begins the next text.
{
  /** How long a text that a field told is known again, in milliseconds: for fields that don't count. */
  const ECHO = 2000;
  /** How long typing after Enter waits for the program, in milliseconds. */
  const ANSWER = 3000;

  const SELECTOR = "textarea, input";
  const states = new WeakMap();

  /**
   * For each field: how often it told its text, the last texts, the text in which Enter was pressed, the text that is
   * to be written, and the length of what was typed on top of the last one.
   */
  const stateOf = (field) => {
    if (!states.has(field)) states.set(field, { count: 0, told: [], entered: null, text: null, onTop: 0 });
    return states.get(field);
  };

  const tell = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

  /** Tells what was typed while the program was busy with Enter, and that Enter was pressed once more. */
  const release = (field, { again }) => {
    tell(field);
    if (again) field.dispatchEvent(new KeyboardEvent("keydown", again));
  };

  /** Whether the program wrote this before it heard what was typed last; what it writes then is on its way. */
  const isLate = (field, text, state) => {
    // The program's own count of what it has heard stands beside its text.
    if (field.dataset.heard !== undefined) return Number(field.dataset.heard) < state.count;
    const now = performance.now();
    return state.told.some((told) => told.text === text && now - told.at < ECHO);
  };

  const write = (field, value) => {
    const state = stateOf(field);
    const { text } = state;
    const current = value.get.call(field);
    state.text = null;
    const { entered } = state;
    // Drawn before the program got to Enter, it is no answer to that.
    if (text === current || text === entered?.text || isLate(field, text, state)) return;
    const typedSince = entered && current.startsWith(entered.text) ? current.slice(entered.text.length) : "";
    state.told = [];
    state.entered = null;
    state.onTop = typedSince.length;
    clearTimeout(entered?.timer);
    value.set.call(field, text + typedSince);
    // Not in the middle of a drawing.
    if (typedSince !== "") setTimeout(() => release(field, entered));
  };

  /** Puts the caret of the composer where the program wants it in a text that has heard of so much typing. */
  globalThis.putCaret = (caret, heard) => {
    const field = document.activeElement;
    if (!field?.matches?.("textarea") || heard < stateOf(field).count) return;
    const place = caret + stateOf(field).onTop;
    field.setSelectionRange(place, place);
  };

  for (const kind of [HTMLTextAreaElement, HTMLInputElement]) {
    const value = Object.getOwnPropertyDescriptor(kind.prototype, "value");
    Object.defineProperty(kind.prototype, "value", {
      ...value,
      set(text) {
        const state = stateOf(this);
        // When the drawing is complete: what the text is counted with may be drawn after it.
        if (state.text === null) queueMicrotask(() => write(this, value));
        state.text = String(text);
      },
    });
  }

  addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches?.(SELECTOR)) return;
    const state = stateOf(field);
    // The program answers Enter first; then it is told.
    if (state.entered) return event.stopImmediatePropagation();
    state.count += 1;
    if (field.dataset.heard === undefined) state.told.push({ text: field.value, at: performance.now() });
  }, true);

  addEventListener("keydown", (event) => {
    const { key, shiftKey, ctrlKey, metaKey, target } = event;
    const entered = states.get(target)?.entered;
    if (!entered || key !== "Enter" || target.value === entered.text) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    entered.again = { key, shiftKey, ctrlKey, metaKey, code: event.code, bubbles: true, cancelable: true };
  }, true);

  // After the program: what it keeps the page from doing, it does itself, and its next text counts.
  addEventListener("keydown", (event) => {
    const field = event.target;
    if (!event.defaultPrevented || !field.matches?.(SELECTOR)) return;
    const state = stateOf(field);
    state.told = [];
    if (event.key !== "Enter" || field.value === "" || state.entered) return;
    const noAnswer = () => {
      const { entered } = state;
      state.entered = null;
      if (field.value !== entered.text) release(field, entered);
    };
    state.entered = { text: field.value, again: null, timer: setTimeout(noAnswer, ANSWER) };
  });
}
