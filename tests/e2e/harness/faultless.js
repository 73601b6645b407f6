// Collects what a page complains about: errors nobody caught, and breaches of its security policy.

/**
 * Writes every complaint of the page into a list, from its next navigation on.
 * Failed requests are not among them: offline and server faults are part of what is tested.
 * @param {import('@playwright/test').Page} page
 * @param {string[]} complaints
 */
export async function watch(page, complaints) {
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  await page.exposeFunction('reportViolation', (/** @type {string} */ text) => complaints.push(`policy: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      // @ts-expect-error: exposed above
      window.reportViolation(`${event.violatedDirective} refused ${event.blockedURI || 'a piece of the page'}`);
    });
  });
}
