// Runs inside the page that is captured and gives back its text, line by line as a person sees it. Fields are left out
// altogether, whatever is in them: nothing that was typed is ever read. Frames of other origins cannot be read from here.
//
// Which part of the text goes along is decided in the panel.

(() => {
  /** Characters read at most: far more than ever goes along, and little enough for the page not to stop. */
  const MOST = 2_000_000;

  /** Elements without text for people, and everything that people type into. */
  const SKIPPED = new Set(
    'AUDIO CANVAS DATALIST EMBED HEAD IFRAME INPUT NOSCRIPT OBJECT SCRIPT SELECT STYLE TEMPLATE TEXTAREA VIDEO'.split(' '),
  );

  /** Values of `autocomplete` that mark what nobody but its owner may see. */
  const PRIVATE = /(^|\s)(cc-|current-password|new-password|one-time-code)/;

  /** @type {string[]} */
  const lines = [];
  let line = '';
  let length = 0;

  function endLine() {
    if (line.trim() !== '') {
      lines.push(line.trimEnd());
      length += line.length + 1;
    }
    line = '';
  }

  /** @param {string} text @param {boolean} preserved */
  function add(text, preserved) {
    if (preserved) {
      const [first, ...rest] = text.replaceAll('\t', '    ').split(/\r?\n/);
      line += first;
      for (const next of rest) {
        endLine();
        line = next;
      }
      return;
    }
    const collapsed = text.replace(/\s+/g, ' ');
    line += line === '' || line.endsWith(' ') ? collapsed.trimStart() : collapsed;
  }

  /** @param {Element} element */
  function isPrivate(element) {
    return (
      SKIPPED.has(element.tagName) ||
      element instanceof SVGElement ||
      /** @type {HTMLElement} */ (element).isContentEditable ||
      element.getAttribute('role') === 'textbox' ||
      PRIVATE.test(element.getAttribute('autocomplete') ?? '')
    );
  }

  /** @param {Element} element @returns {Iterable<Node>} */
  function partsOf(element) {
    if (element.shadowRoot) {
      return element.shadowRoot.childNodes;
    }
    const assigned = element instanceof HTMLSlotElement ? element.assignedNodes() : [];
    return assigned.length > 0 ? assigned : element.childNodes;
  }

  /** @param {Element} element */
  function visit(element) {
    if (length > MOST || isPrivate(element)) {
      return;
    }
    const style = getComputedStyle(element);
    // A leaf that is hidden from assistive technology is an icon, whatever its letters say.
    if (style.display === 'none' || (element.ariaHidden === 'true' && element.childElementCount === 0)) {
      return;
    }
    const isInline = /^(inline|contents|ruby)/.test(style.display);
    const isCell = style.display === 'table-cell';
    if (!isInline && !isCell) {
      endLine();
    } else if (line !== '' && (isCell || style.display !== 'inline')) {
      line += '  ';
    }
    for (const part of partsOf(element)) {
      if (part instanceof Text) {
        if (style.visibility === 'visible') {
          add(part.data, style.whiteSpace.startsWith('pre') || style.whiteSpace === 'break-spaces');
        }
      } else if (part instanceof Element) {
        if (part.tagName === 'BR') {
          endLine();
        } else {
          visit(part);
        }
      }
    }
    if (!isInline && !isCell) {
      endLine();
    }
  }

  visit(document.body ?? document.documentElement);
  endLine();
  return { url: location.href, title: document.title, text: lines.join('\n') };
})();
