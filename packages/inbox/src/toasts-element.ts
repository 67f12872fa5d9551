// <relance-toasts>: what has just come, in a corner of the page. What asks for nothing leaves by itself, not while it is pointed at or
// has the focus; what can be acted on, and what is urgent, waits. What left by itself is unread, and in the list.
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { browser } from './platform.ts';
import { RaisedElement } from './raised-element.ts';
import type { ShownItem } from './store.ts';
import { css } from './style.ts';

const SHOWN_MAX = 4;
const SECONDS = 8;

export class RelanceToasts extends RaisedElement {
  static override styles = [
    ...RaisedElement.styles,
    css`
:host{position:fixed;z-index:calc(var(--relance-layer,1000) + 1);inset-block-end:1rem;inset-inline-end:1rem;inline-size:min(23rem,calc(100vw - 2rem));pointer-events:none}
.card{pointer-events:auto;padding-block:.75rem .85rem;padding-inline:1rem .5rem;margin-block-start:.6rem;box-shadow:var(--_shadow)}
`,
  ];
  static override properties = { ...RaisedElement.properties, seconds: { type: Number } };
  /** After which a toast that asks for nothing leaves. */
  declare seconds: number | null;
  protected readonly as = 'toast';
  /** Those that came while the page was open, or whose time was not over when it was opened. */
  readonly #wanted = new Set<string>();
  readonly #timers = new Map<string, () => void>();
  #begun = false;

  constructor() {
    super();
    this.seconds = SECONDS;
  }

  protected override came(items: readonly ShownItem[]): void {
    for (const { id } of items) this.#wanted.add(id);
  }

  protected override wants(id: string): boolean {
    return this.#wanted.has(id);
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (this.#begun || this.state.status !== 'live') return;
    this.#begun = true;
    for (const { id, until } of this.state.items) if (until !== null) this.#wanted.add(id);
  }

  /** Those that are drawn; the others wait for their place. */
  protected override get raised(): readonly ShownItem[] {
    return super.raised.slice(0, SHOWN_MAX);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.#mind();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.#mind);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.#mind);
    for (const callOff of this.#timers.values()) callOff();
    this.#timers.clear();
  }

  /**
   * The time runs of what is drawn and asks for nothing, while the page is seen and nobody is with it (WCAG 2.2.1); afterwards it begins
   * anew.
   */
  #mind = (): void => {
    const drawn = this.renderRoot.querySelectorAll('article');
    const leaving = this.raised.flatMap(({ id, actions, urgency }, n) =>
      document.hidden || actions.length > 0 || urgency === 'urgent' || drawn[n]?.matches(':hover,:focus-within')
        ? []
        : [id],
    );
    for (const [id, callOff] of this.#timers) {
      if (leaving.includes(id)) continue;
      callOff();
      this.#timers.delete(id);
    }
    for (const id of leaving) {
      if (this.#timers.has(id)) continue;
      const leave = (): void => {
        this.#wanted.delete(id);
        this.requestUpdate();
      };
      this.#timers.set(id, browser.after((this.seconds ?? SECONDS) * 1000, leave));
    }
  };

  protected override render(): TemplateResult {
    const { spoken, raised } = this;
    // What a style says of it is so when the event is over.
    const mind = (): void => void browser.after(0, this.#mind);
    const toast = (item: ShownItem): TemplateResult =>
      html`<article class="card enters" part="toast" tabindex="-1" data-id=${item.id} aria-labelledby="t-${item.id}"
        @mouseenter=${mind} @focusin=${mind} @mouseleave=${mind} @focusout=${mind}>${this.item(item)}</article>`;
    return html`${this.voice}${
      raised.length === 0
        ? ''
        : html`<section part="toasts" lang=${spoken.language} aria-label=${spoken.words.title}>${raised.map(toast)}</section>`
    }`;
  }
}
