// <relance-inbox>: a bell that says how many are unread, and behind it the list, with what can be done about each item and the reader's
// preferences. `inline` shows the list without a bell. By keyboard: Escape closes, arrows go from item to item.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { RelanceElement } from './element.ts';
import { BACK, BELL, BOX, CHECK, CHECKS, CHOICES, CLOSE, iconButton } from './icon.ts';
import { actionsView, type ItemView, metaView, titleView, troubleWords } from './item-view.ts';
import { browser } from './platform.ts';
import type { ShownItem } from './store.ts';
import { css } from './style.ts';
import { counting } from './words.ts';

const BADGE_MAX = 99;
const MINUTE_MS = 60_000;

function isInLeftHalf(element: HTMLElement): boolean {
  const { left, right } = element.getBoundingClientRect();
  return left + right < document.documentElement.clientWidth;
}

export class RelanceInbox extends RelanceElement {
  static override styles = [
    ...RelanceElement.styles,
    css`
:host{display:inline-block;position:relative}:host([inline]){display:block}
.bell{position:relative;min-inline-size:2.75rem;min-block-size:2.75rem;border-radius:50%;color:inherit}.bell svg{inline-size:1.5rem;block-size:1.5rem}
.badge{position:absolute;inset-block-start:.1rem;inset-inline-start:56%;min-inline-size:1.15rem;padding:0 .25rem;border-radius:1rem;background:var(--_accent);color:var(--_on-accent);font-size:.72rem;font-weight:700;line-height:1.15rem;text-align:center}.badge.hot{background:var(--_warn);color:light-dark(#fff,#2a0f0c)}
.panel{display:flex;flex-direction:column;overflow:hidden}
:host(:not([inline])) .panel{position:absolute;z-index:var(--relance-layer,1000);inset-block-start:calc(100% + .4rem);right:0;inline-size:min(27rem,calc(100vw - 2rem));max-block-size:min(40rem,80dvh);box-shadow:var(--_shadow)}
:host(:not([inline])) .panel.rightward{right:auto;left:0}
header{display:flex;align-items:center;gap:.15rem;padding-block:.5rem;padding-inline:1rem .6rem;border-block-end:1px solid var(--_line)}header h2{flex:1;font-size:1.1rem;line-height:1.3;padding-block:.3rem}header h2:focus{outline:none}header .icon:first-child{margin-inline-start:-.6rem}
.scroll{overflow-y:auto;overscroll-behavior:contain}
li{display:grid;grid-template-columns:.55rem 1fr auto;gap:0 .6rem;padding-block:.85rem .95rem;padding-inline:.9rem .6rem;border-block-end:1px solid var(--_line)}li:last-child{border-block-end:0}li:focus-visible{outline-offset:-3px;border-radius:var(--_radius)}
.dot{inline-size:.55rem;block-size:.55rem;border-radius:50%;margin-block-start:.42rem}.unread .dot{background:var(--_accent)}.unread.isurgent .dot{background:var(--_warn)}
li:not(.unread) .title{font-weight:500}
.tools{display:flex;align-items:start;margin-block-start:-.35rem}.rest{grid-column:2/-1;padding-inline-end:.4rem}.tools .icon{min-inline-size:2rem;min-block-size:2rem}
.note{padding:1.1rem 1rem;color:var(--_soft);text-align:center}.away{padding:.5rem 1rem;font-size:.88rem;color:var(--_soft);border-block-end:1px solid var(--_line)}
.more{display:flex;flex-wrap:wrap;gap:.5rem;justify-content:center;padding:.5rem}
@media (max-width:30rem){:host(:not([inline])) .panel{position:fixed;inset:auto 0 0!important;inline-size:100%;max-block-size:88dvh;border-radius:var(--_radius) var(--_radius) 0 0;padding-block-end:env(safe-area-inset-bottom)}.panel .icon{min-inline-size:2.5rem;min-block-size:2.5rem}.panel .tools .icon{min-inline-size:2.25rem}}
`,
  ];
  static override properties = {
    ...RelanceElement.properties,
    open: { type: Boolean, reflect: true },
    inline: { type: Boolean, reflect: true },
    choosing: { state: true },
    failed: { state: true },
  };
  declare open: boolean;
  declare inline: boolean;
  /** The preferences in the place of the list. */
  declare protected choosing: boolean;
  /** Older ones were asked for in vain. */
  declare protected failed: boolean;
  #callOffMinute = (): void => {};
  /** The panel opens towards the middle of the page, wherever the bell stands. */
  #rightward = false;

  constructor() {
    super();
    this.open = false;
    this.inline = false;
    this.choosing = false;
    this.failed = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('pointerdown', this.#pressedElsewhere);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('pointerdown', this.#pressedElsewhere);
    this.#callOffMinute();
  }

  #pressedElsewhere = (event: Event): void => {
    if (this.open && !event.composedPath().includes(this)) this.#close(false);
  };

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (changed.has('open') && this.open) this.#rightward = isInLeftHalf(this);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('open') && this.open) this.#heading()?.focus();
    else if (changed.has('choosing') && changed.get('choosing') !== undefined) this.#heading()?.focus();
    else super.updated(changed);
    this.#callOffMinute();
    if (this.open || this.inline) this.#callOffMinute = browser.after(MINUTE_MS, () => this.requestUpdate());
  }

  #heading = (): HTMLElement | null => this.renderRoot.querySelector('h2');

  #toggle = (): void => {
    if (this.open) this.#close();
    else this.open = true;
  };

  #older = async (): Promise<void> => {
    const last = this.rows.at(-1);
    this.failed = false;
    this.failed = (await this.inbox?.loadMore()) === false;
    await this.updateComplete;
    if (!this.failed) (last?.nextElementSibling as HTMLElement | null)?.focus(); // the first of those that came
  };

  #close(focusBell = true): void {
    this.open = false;
    this.choosing = false;
    this.later = null;
    if (focusBell) this.renderRoot.querySelector<HTMLElement>('.bell')?.focus();
  }

  #pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !this.inline) {
      event.stopPropagation();
      this.#close();
    }
    const target = event.composedPath()[0] as HTMLElement;
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || target.matches('input, select')) return;
    const { rows } = this;
    const to = Math.max(0, Math.min(rows.length - 1, this.rowOf(target) + step));
    if (rows.length === 0) return;
    event.preventDefault();
    rows[to]?.focus();
  };

  protected override render(): TemplateResult {
    const { spoken } = this;
    const { counts } = this.state;
    const panel = this.open || this.inline ? this.#panel() : nothing;
    if (this.inline) return html`${this.voice}${panel}`;
    const count = counts.unread === 0 ? '' : `, ${counting(spoken, spoken.words.unread, counts.unread)}`;
    return html`${this.voice}<button class="bell icon" part="bell" lang=${spoken.language} aria-haspopup="dialog"
        aria-expanded=${this.open} aria-controls="panel" aria-label=${spoken.words.title + count}
        @click=${this.#toggle}>${BELL}${
          counts.unread === 0
            ? nothing
            : html`<span class="badge ${counts.urgent > 0 ? 'hot' : ''}" part="badge" aria-hidden="true">${counts.unread > BADGE_MAX ? `${BADGE_MAX}+` : counts.unread}</span>`
        }</button>${panel}`;
  }

  #panel(): TemplateResult {
    const { words, language } = this.spoken;
    const title = this.choosing ? words.preferences : words.title;
    const choose = (): void => {
      this.choosing = !this.choosing;
    };
    return html`<section id="panel" class="panel card ${this.#rightward ? 'rightward' : ''}" part="panel" lang=${language} role=${this.inline ? 'region' : 'dialog'} aria-labelledby="title" @keydown=${this.#pressed}>
      <header part="header">
        ${this.choosing ? iconButton(BACK, 'back', words.back, choose) : nothing}
        <h2 id="title" part="heading" tabindex="-1">${title}</h2>
        ${!this.choosing && this.state.counts.unread > 0 ? iconButton(CHECKS, 'read-all', words.readAll, () => void this.inbox?.readAll()) : nothing}
        ${this.choosing || this.inbox === null ? nothing : iconButton(CHOICES, 'choices', words.preferences, choose)}
        ${this.inline ? nothing : iconButton(CLOSE, 'close', words.close, () => this.#close())}
      </header>
      <div class="scroll" part="scroll">${
        this.choosing
          ? html`<relance-preferences part="preferences" .store=${this.inbox} .words=${this.words} lang=${language}></relance-preferences>`
          : this.#list()
      }</div>
    </section>`;
  }

  #list(): TemplateResult {
    const { words } = this.spoken;
    const { items, status, more, trouble } = this.state;
    const { view } = this;
    const away = status === 'away' && trouble !== null;
    return html`${away ? html`<p class="away" part="away" role="status">${words.away}</p>` : nothing}${
      items.length === 0
        ? html`<p class="note" part="empty">${status === 'loading' ? words.loading : away ? troubleWords(words, trouble) : words.empty}</p>`
        : html`<ul role="list" part="list" aria-labelledby="title">${items.map((item) => this.#item(view, item))}</ul>`
    }${more ? html`<div class="more">${this.failed ? html`<p class="trouble" part="trouble" role="alert">${words.failed}</p>` : nothing}<button part="older" @click=${this.#older}>${words.older}</button></div>` : nothing}`;
  }

  #item(view: ItemView, item: ShownItem): TemplateResult {
    const { words } = view.spoken;
    const unread = item.readAt === null;
    const about = `: ${item.title}`;
    return html`<li class="${unread ? 'unread' : ''} ${item.urgency === 'urgent' ? 'isurgent' : ''}" part="item ${unread ? 'item-unread' : ''}" tabindex="-1" data-id=${item.id} aria-labelledby="t-${item.id}">
      <span class="dot" part="dot">${unread ? html`<span class="said">${words.isUnread}</span>` : nothing}</span>
      <div>
        <h3 class="title" part="title" id="t-${item.id}" dir="auto">${titleView(view, item)}</h3>
        ${metaView(view, item)}
      </div>
      <div class="tools" part="tools">
        ${unread ? iconButton(CHECK, 'read', words.read, () => void this.inbox?.read(item.id), about) : nothing}
        ${iconButton(BOX, 'archive', words.archive, () => void this.inbox?.archive(item.id), about)}
      </div>
      <div class="rest">
        ${item.body === '' ? nothing : html`<p class="body" part="body" dir="auto">${item.body}</p>`}
        ${actionsView(view, item)}
      </div>
    </li>`;
  }
}
