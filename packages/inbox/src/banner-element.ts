// <relance-banner>: what wants to stand across the page until it is read, acted on or over. The newest ones; the others are in the list.
import { html, nothing, type TemplateResult } from 'lit';
import { RaisedElement } from './raised-element.ts';
import { css } from './style.ts';
import { counting } from './words.ts';

const SHOWN_MAX = 3;

export class RelanceBanner extends RaisedElement {
  static override styles = [
    ...RaisedElement.styles,
    css`
:host{display:block}
.card{padding-block:.75rem .85rem;padding-inline:1rem .5rem;margin-block-end:.6rem;border-inline-start:4px solid var(--_accent)}.card.isurgent{border-inline-start-color:var(--_warn)}
.rest{color:var(--_soft);font-size:.88rem;margin-block-end:.6rem}
`,
  ];
  protected readonly as = 'banner';

  protected override render(): TemplateResult {
    const { raised, spoken } = this;
    const rest = raised.length - SHOWN_MAX;
    if (raised.length === 0) return this.voice;
    return html`${this.voice}<section part="banners" lang=${spoken.language} aria-label=${spoken.words.title}>${raised
      .slice(0, SHOWN_MAX)
      .map(
        (item) =>
          html`<article class="card enters ${item.urgency === 'urgent' ? 'isurgent' : ''}" part="banner" tabindex="-1" data-id=${item.id} aria-labelledby="t-${item.id}">${this.item(item)}</article>`,
      )}${rest > 0 ? html`<p class="rest" part="rest">${counting(spoken, spoken.words.elsewhere, rest)}</p>` : nothing}</section>`;
  }
}
