// The few drawings of the elements: lines in the colour of the text. What they mean is said by the button around them.
import { html, type TemplateResult } from 'lit';

const drawn = (lines: string, more = '') =>
  html`<svg class=${more} viewBox="0 0 24 24" aria-hidden="true"><path d=${lines}></path></svg>`;

export const BELL = drawn('M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4');
export const CLOSE = drawn('M6 6l12 12M18 6L6 18');
export const CHECK = drawn('M5 12.5l4.5 4.5L19 7.5');
export const CHECKS = drawn('M2.5 12.5L7 17l9.5-9.5M12.5 16l1 1L23 7.5');
export const BOX = drawn('M4 5h16v4H4zM5.5 9v10h13V9M10 13h4');
export const CHOICES = drawn(
  'M4 7h9a2.5 2.5 0 0 1 5 0a2.5 2.5 0 0 1-5 0m5 0h2M4 17h2a2.5 2.5 0 0 1 5 0a2.5 2.5 0 0 1-5 0m5 0h9',
);
export const BACK = drawn('M14 6l-6 6 6 6', 'turns');

/** A button that shows no words; it has them as its name, with what it is about behind them. */
export const iconButton = (icon: TemplateResult, part: string, title: string, run: () => void, about = '') =>
  html`<button class="icon" part=${part} aria-label=${title + about} title=${title} @click=${run}>${icon}</button>`;
