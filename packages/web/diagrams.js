// Draws Mermaid diagrams. The library (mermaid.js beside the page) is loaded with the first diagram and never before.
//
// The result is an SVG document for an <img>: a picture runs no scripts and loads nothing, whatever the source says.

/** Larger sources are shown as text: laying out thousands of nodes would stop the panel. */
const LONGEST = 20_000;

/** Elements with attributes: labels have no use for them, and attributes are where handlers stand. */
const DRESSED_TAGS = /<\/?[a-z][^>]*[\s=/][^>]*>/gi;

/** @type {Promise<any> | undefined} */
let library;
let count = 0;

function load() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = new URL('mermaid.js', document.baseURI).href;
    script.addEventListener('load', () => resolve(globalThis.mermaid));
    script.addEventListener('error', () => {
      // Another try is allowed: the network may be back.
      library = undefined;
      script.remove();
      reject(new Error('The diagram library could not be loaded.'));
    });
    document.head.append(script);
  });
  return library;
}

/**
 * @param {string} source
 * @param {boolean} dark
 * @returns {Promise<string>} The SVG document.
 */
export async function diagram(source, dark) {
  if (source.length > LONGEST) {
    throw new RangeError('The diagram is too large.');
  }
  const plain = source.replace(DRESSED_TAGS, (tag) => (/^<br\s*\/>$/i.test(tag) ? '<br>' : ''));
  const mermaid = await load();
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    // Labels as SVG text: pictures draw no HTML.
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    fontFamily: 'system-ui, sans-serif',
    theme: dark ? 'dark' : 'neutral',
  });
  count += 1;
  const stage = document.createElement('div');
  stage.style.cssText = 'position:absolute;inset:auto;left:-10000px;width:800px;visibility:hidden';
  stage.setAttribute('aria-hidden', 'true');
  document.body.append(stage);
  try {
    const { svg } = await mermaid.render(`fm-diagram-${count}`, plain, stage);
    const picture = new DOMParser().parseFromString(svg, 'text/html').querySelector('svg');
    // Without a size of its own a picture would be drawn at 300 by 150.
    const [, , width, height] = (picture.getAttribute('viewBox') ?? '0 0 800 400').split(/\s+/).map(Number);
    picture.setAttribute('width', String(Math.ceil(width)));
    picture.setAttribute('height', String(Math.ceil(height)));
    return new XMLSerializer().serializeToString(picture);
  } finally {
    stage.remove();
  }
}
