// What the elements have in common: where their inbox is and whose it is, the words of their reader, what has come, said aloud by one
// of them, and the reader's acts. Each element shows its part: inbox-element.ts, banner-element.ts, toasts-element.ts, modal-element.ts.
import { html, LitElement, type PropertyValues } from 'lit';
import { NOTHING_KNOWN } from './inbox-state.ts';
import type { ItemView } from './item-view.ts';
import { type Seat, speakFor, speaks, takeSeat } from './page-stores.ts';
import { browser } from './platform.ts';
import type { Act, InboxState, InboxStore, ShownItem } from './store.ts';
import { STYLE } from './style.ts';
import type { GetToken } from './token.ts';
import { filled, type OwnWords, type Spoken, spoken } from './words.ts';

const NOTHING: InboxState = {
  items: [],
  counts: NOTHING_KNOWN.counts,
  status: 'idle',
  trouble: null,
  more: false,
  arrived: [],
};

const PRESSED_MS = 50;
const WHERE = ['store', 'url', 'tokenUrl', 'getToken'];

export abstract class RelanceElement extends LitElement {
  static override styles = [STYLE];
  static override properties = {
    lang: { type: String, reflect: true, useDefault: true },
    url: { type: String },
    tokenUrl: { type: String, attribute: 'token-url' },
    words: { type: Object },
    getToken: { attribute: false },
    store: { attribute: false },
    state: { state: true },
    later: { state: true },
  };
  /** Where Relance is; the page's own origin without it. */
  declare url: string;
  /** An address of the page's own server that answers a POST with `{token}`. */
  declare tokenUrl: string;
  /** The same as a function. */
  declare getToken: GetToken | null;
  /** A store of the page's own, in the place of all three. */
  declare store: InboxStore | null;
  /** Words of the page's own, in the place of ours. */
  declare words: OwnWords | null;
  declare protected state: InboxState;
  /** Whose ways to be reminded are open. */
  declare protected later: string | null;
  #seat: Seat | null = null;
  #leave: (() => void) | null = null;
  #arrived: readonly string[] = [];
  /** Come, and not drawn yet. */
  #unsaid: string[] = [];
  #said = '';
  /** Of what has the focus: its place in the list, its item and its part, while the list is drawn anew. */
  protected held: readonly [at: number, id?: string | undefined, part?: string | undefined] = [-1];

  constructor() {
    super();
    this.lang = '';
    this.url = '';
    this.tokenUrl = '';
    this.getToken = null;
    this.store = null;
    this.words = null;
    this.state = NOTHING;
    this.later = null;
  }

  /** The store it shows: the page's own, or one that the elements of the page have together; null until it knows whose inbox. */
  get inbox(): InboxStore | null {
    return this.store ?? this.#seat?.store ?? null;
  }

  protected get spoken(): Spoken {
    const language =
      this.lang || this.closest<HTMLElement>('[lang]')?.lang || document.documentElement.lang || navigator.language;
    return spoken(language, this.words);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#join(); // before that it may not know yet whose inbox it is
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#part();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (this.isConnected && (!this.hasUpdated || WHERE.some((one) => changed.has(one)))) this.#join();
    const { focused } = this;
    const at = this.rowOf(focused);
    this.held = [at, this.rows[at]?.dataset.id, focused?.part.value];
  }

  /** Nothing moves under a finger or a key that is down: what is pressed is what was meant. */
  protected override scheduleUpdate(): undefined | Promise<unknown> {
    if (this.matches(':active'))
      return new Promise<void>((later) => browser.after(PRESSED_MS, later)).then(() => this.scheduleUpdate());
    super.scheduleUpdate();
  }

  /** Items as they are drawn. */
  protected get rows(): readonly HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('[data-id]')];
  }

  /** In which of them something is; -1: in none. */
  protected rowOf = (inside: Element | null = null): number => this.rows.findIndex((row) => row.contains(inside));

  protected get focused(): Element | null | undefined {
    return this.shadowRoot?.activeElement;
  }

  /** The focus stays with its item, wherever that is drawn by now; where it is gone, with what came in its place. */
  protected override updated(_changed: PropertyValues): void {
    const [at, id, part] = this.held;
    const { rows } = this;
    const row = rows.find((one) => one.dataset.id === id);
    if (at < 0 || row?.contains(this.focused ?? null)) return;
    const place = row?.querySelector<HTMLElement>(`[part="${part}"]`) ?? row ?? rows[at] ?? rows.at(-1);
    // Whoever reads further down stays there.
    (place ?? this.renderRoot.querySelector('h2'))?.focus({ preventScroll: row !== undefined });
  }

  #join(): void {
    const left = this.#seat;
    this.#part(false);
    const token = this.getToken ?? (this.tokenUrl === '' ? null : this.tokenUrl);
    if (this.store !== null) this.store.start();
    else if (token !== null) this.#seat = takeSeat({ url: this.url, token }, this.hasUpdated);
    left?.leave();
    const { inbox } = this;
    if (inbox === null) return;
    const hear = (): void => this.#hear(inbox.getState());
    const ends = [inbox.subscribe(hear), speakFor(inbox, this)];
    this.#leave = () => {
      for (const end of ends) end();
    };
    this.#arrived = inbox.getState().arrived;
    hear();
  }

  #part(leaves = true): void {
    this.#leave?.();
    this.#leave = null;
    if (leaves) this.#seat?.leave();
    this.#seat = null;
  }

  #hear(state: InboxState): void {
    this.state = state;
    const fresh = state.arrived.slice(state.arrived.lastIndexOf(this.#arrived.at(-1) ?? '') + 1);
    this.#arrived = state.arrived;
    const items = fresh.flatMap((id) => state.items.find((item) => item.id === id) ?? []);
    if (items.length === 0) return;
    const { inbox } = this;
    if (inbox !== null && speaks(inbox, this))
      this.#unsaid.push(...items.map(({ title }) => filled(this.spoken.words.arrived, { title })));
    this.came(items);
  }

  /** What has just come, while the page was open. */
  protected came(_items: readonly ShownItem[]): void {}

  /** Read aloud when it changes, be it by a space; it is there before that, or nobody would listen. For one drawing. */
  protected get voice() {
    const text = this.#unsaid.splice(0).join('. ');
    if (text !== '') this.#said = text === this.#said ? `${text}\u00a0` : text;
    return html`<div class="said" role="status" aria-live="polite">${this.#said}</div>`;
  }

  protected get view(): ItemView {
    return {
      spoken: this.spoken,
      now: browser.now(),
      later: this.later,
      askLater: (id) => {
        this.later = id;
      },
      act: (item, act) => void this.act(item, act),
      follow: (item, event) => {
        // Into another tab or window the browser goes by itself.
        const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
        if (!elsewhere && !this.tell('relance-link', { item, url: item.url })) event.preventDefault();
        this.seen(item);
      },
    };
  }

  /** Whoever goes where it leads has read it. */
  protected seen(item: ShownItem): void {
    void this.inbox?.read(item.id);
  }

  /** What the reader chose; the page hears of what was done (`relance-act`). */
  async act(item: ShownItem, act: Act): Promise<boolean> {
    const done = (await this.inbox?.act(item.id, act)) ?? false;
    if (done) this.tell('relance-act', { item, action: act.action });
    return done;
  }

  /** False where the page has taken it on itself. */
  tell(name: string, detail: unknown): boolean {
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true }));
  }
}
