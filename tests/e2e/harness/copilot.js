// The panel as a person finds it: by roles, accessible names and the data attributes that outside tests may rely on.

import { expect } from '@playwright/test';

/**
 * A pattern for a sentence of the interface. Straight and curly quotation marks are the same sentence.
 * @param {string} sentence
 */
export function words(sentence) {
  const literal = sentence.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(literal.replace(/['’]/g, "['’]").replace(/["“”]/g, '["“”]'));
}

export class Copilot {
  /** @param {import('@playwright/test').Page} page */
  constructor(page) {
    this.page = page;
    /** Carries `data-link` and `data-role-in-profile`. */
    this.root = page.locator('[data-link]');
    this.composer = page.getByRole('textbox', { name: 'Message', exact: true });
    this.conversation = page.getByRole('log', { name: 'Conversation' });
    this.mine = this.conversation.locator('article[data-role="user"]');
    this.answers = this.conversation.locator('article[data-role="assistant"]');
    this.thinking = this.answers.filter({ has: page.getByRole('button', { name: 'Stop', exact: true }) });
    /** Strip, toast and composer. */
    this.dock = page.getByRole('contentinfo');
    this.list = page.getByRole('navigation', { name: 'Cases' });
    this.caseRows = this.list.locator('[data-key]');
    this.currentCase = this.caseRows.filter({ has: page.locator('[aria-current]') });
  }

  /**
   * Writes a message and presses Enter.
   * @param {string} text
   */
  async say(text) {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /**
   * The row of a message of the person.
   * @param {string} text
   */
  message(text) {
    return this.mine.filter({ hasText: text });
  }

  /**
   * A button of a message's row.
   * @param {string} word Such as `Retry`.
   * @param {string} text The message.
   */
  action(word, text) {
    return this.message(text).getByRole('button', { name: `${word} message: ${text}` });
  }

  /**
   * Waits until a message is in a state.
   * @param {string} text
   * @param {string} state A value of `data-state`.
   */
  async reaches(text, state) {
    await expect(this.message(text), text).toHaveAttribute('data-state', state);
  }

  /**
   * Waits until the open case has that many answers and none is on its way.
   * @param {number} count
   */
  async answered(count) {
    await expect(this.answers).toHaveCount(count);
    await expect(this.thinking).toHaveCount(0);
  }

  /** Wide enough for the sidebar, so that list and conversation are on screen together. */
  async widen() {
    await this.page.setViewportSize({ width: 1180, height: 860 });
    await expect(this.list).toBeVisible();
  }

  /** Opens the list of cases where it is a drawer. */
  async openCases() {
    await this.page.getByRole('button', { name: 'Cases', exact: true }).click();
    await expect(this.page.getByRole('dialog', { name: 'Cases' })).toBeVisible();
  }

  /** Begins a new case. Its composer has the focus. */
  async newCase() {
    await this.page.getByRole('button', { name: 'New case', exact: true }).click();
    await expect(this.mine).toHaveCount(0);
    await expect(this.composer).toBeFocused();
  }

  /**
   * The key of the open case, which it keeps for life. The list must be on screen.
   * @returns {Promise<string>}
   */
  async caseKey() {
    return /** @type {string} */ (await this.currentCase.getAttribute('data-key'));
  }

  /**
   * A row of the list.
   * @param {string} key
   */
  caseRow(key) {
    return this.list.locator(`[data-key="${key}"]`);
  }

  /**
   * Opens a case. The list must be on screen.
   * @param {string} key
   */
  async show(key) {
    await this.caseRow(key).getByRole('button').first().click();
    await expect(this.caseRow(key).locator('[aria-current]')).toHaveCount(1);
  }

  /**
   * Puts text on a clipboard event, as Ctrl+V does, without the system's clipboard.
   * @param {string} text
   */
  async paste(text) {
    await this.composer.evaluate((field, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }
}
