// <relance-modal>: what must be seen before anything else is done, one after the other, the oldest first. A <dialog> of the browser: the
// rest of the page waits, Escape closes, and the focus goes back to where it was.
import { html, type TemplateResult } from 'lit';
import { RaisedElement } from './raised-element.ts';
import { css } from './style.ts';

export class RelanceModal extends RaisedElement {
  static override styles = [
    ...RaisedElement.styles,
    css`
dialog{inline-size:min(30rem,calc(100vw - 2rem));max-block-size:min(85dvh,40rem);padding-block:1.35rem;padding-inline:1.5rem 1.1rem;overflow:auto;box-shadow:var(--_shadow)}dialog::backdrop{background:rgb(8 12 24/.55)}
.title{font-size:1.2rem}.title:focus{outline:none}.body{font-size:1rem;margin-block-start:.5rem}.actions{margin-block-start:1.1rem}
`,
  ];
  protected readonly as = 'modal';
  #shown: string | null = null;

  protected override updated(): void {
    const dialog = this.renderRoot.querySelector('dialog');
    const next = this.raised.at(-1)?.id ?? null;
    if (dialog === null) return;
    if (next !== this.#shown) {
      this.#shown = next;
      // Closed for a moment between two, so that the focus goes home and begins anew.
      if (dialog.open) dialog.close();
      if (next !== null) dialog.showModal();
    } else if (this.focused || this.held[2] === undefined) return;
    // Also where what was pressed is gone.
    if (dialog.open) dialog.querySelector('h2')?.focus();
  }

  #escaped = (event: Event): void => {
    event.preventDefault();
    const item = this.raised.at(-1);
    if (item !== undefined) this.seen(item);
  };

  protected override render(): TemplateResult {
    const item = this.raised.at(-1);
    return html`${this.voice}<dialog class="card enters" part="dialog" lang=${this.spoken.language} aria-labelledby=${item === undefined ? '' : `t-${item.id}`} @cancel=${this.#escaped}>${
      item === undefined ? '' : this.item(item)
    }</dialog>`;
  }
}
