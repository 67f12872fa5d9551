// <relance-preferences>: what its reader is told, where, how often and when, by their own recipient token. Each choice is saved as it is
// made, shows at once, and is taken back if it is refused. The inbox has it behind a button; a page of settings has it by itself.
import { type Preferences, waitAfter } from '@relance/client';
import { html, nothing, type TemplateResult } from 'lit';
import { RelanceElement } from './element.ts';
import { browser } from './platform.ts';
import type { InboxStore, Wish } from './store.ts';
import { css } from './style.ts';
import { filled, fullTime } from './words.ts';

type Category = Preferences['categories'][number];
type Channel = keyof Category['channels'];
const FREQUENCIES = ['each', 'daily', 'weekly'] as const;
const DAY_MS = 86_400_000;
const PAUSES = [1, 7, 14];

const zoneHere = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

export class RelancePreferences extends RelanceElement {
  static override styles = [
    ...RelanceElement.styles,
    css`
:host{display:block}form{padding:.1rem 1rem .5rem}
fieldset{border:0;border-block-end:1px solid var(--_line);margin:0;padding:.8rem 0}fieldset:last-child{border:0}legend{padding:0;font-weight:600;float:inline-start;inline-size:100%;margin-block-end:.15rem}legend+*{clear:both}
label{display:flex;align-items:center;gap:.55rem;min-block-size:2.25rem}.channels{display:flex;flex-wrap:wrap;gap:0 1.25rem;padding-inline-start:1.7rem}
input[type=checkbox]{inline-size:1.15rem;block-size:1.15rem;margin:0;accent-color:var(--_accent);flex:none}select,input[type=time]{min-block-size:2.25rem;padding:.2rem .5rem;border:1px solid var(--_soft);border-radius:calc(var(--_radius)*.5);background:var(--_paper);color:var(--_ink);max-inline-size:100%;flex:1;min-inline-size:0}
.hint{color:var(--_soft);font-size:.88rem}.two{display:flex;flex-wrap:wrap;gap:0 1rem}.two label{flex:1}.strong{font-weight:600}
.result{position:sticky;inset-block-start:0;z-index:1;block-size:0;text-align:end;font-size:.88rem;font-weight:600;color:var(--_good)}.result span{display:inline-block;margin:.5rem;padding:.2rem .7rem}.result:only-child{block-size:auto}.result.bad{color:var(--_warn)}.result .card{color:inherit}
`,
  ];
  static override properties = {
    ...RelanceElement.properties,
    known: { state: true },
    result: { state: true },
  };
  declare protected known: Preferences | null;
  declare protected result: 'saved' | 'failed' | 'loading' | null;
  #of: InboxStore | null = null;
  /** What the server said last. */
  #holds: Preferences | null = null;
  #waiting = 0;
  /** One after the other, or an earlier answer would hide a later choice. */
  #saving: Promise<void> = Promise.resolve();
  /** Quiet hours while they are typed: HH:MM, empty where nothing is. */
  #typed: readonly string[] | null = null;

  constructor() {
    super();
    this.known = null;
    this.result = 'loading';
  }

  protected override updated(): void {
    // A choice that was taken back is one that the drawing knows nothing of.
    for (const one of this.renderRoot.querySelectorAll<HTMLOptionElement>('option[selected]')) one.selected = true;
    this.renderRoot.querySelectorAll<HTMLInputElement>('input[type=time]').forEach((one, end) => {
      if (one !== this.focused) one.value = this.#span[end] ?? '';
    });
    if (!this.isConnected || this.inbox === this.#of) return;
    this.#of = this.inbox;
    this.#typed = null;
    this.#waiting = 0;
    void this.#load();
  }

  async #load(triesInVain = 0): Promise<void> {
    const { inbox } = this;
    const known = await inbox?.preferences().catch(() => null);
    if (inbox !== this.#of) return; // another has begun meanwhile
    this.known = this.#holds = known ?? null;
    this.result = known === null ? 'failed' : null;
    if (known !== null) return;
    browser.after(waitAfter(triesInVain, browser.chance()), () => {
      if (inbox !== this.#of) return;
      if (this.isConnected) void this.#load(triesInVain + 1);
      else this.#of = null; // nobody asks any more, until it is back
    });
  }

  /** Shows it at once; what the server says then is what holds. */
  #choose(wish: Wish, shown: Partial<Preferences>): void {
    const { known, inbox } = this;
    if (known === null || inbox === null) return;
    this.known = { ...known, ...shown };
    this.result = null;
    this.#waiting += 1;
    this.#saving = this.#saving.then(async () => {
      const held = await inbox.putPreferences(wish).catch(() => null);
      if (inbox !== this.#of) return; // somebody else's are shown by now
      this.result = held ? (this.result ?? 'saved') : 'failed';
      this.#holds = held ?? this.#holds;
      this.#waiting -= 1;
      if (this.#waiting === 0) this.known = this.#holds; // what is still asked for goes on being shown
    });
  }

  #chooseOf({ id }: Category, wish: Partial<Pick<Category, 'subscribed' | 'frequency' | 'channels'>>): void {
    const shown = (one: Category): Category => ({ ...one, ...wish, channels: { ...one.channels, ...wish.channels } });
    const categories = this.known?.categories.map((one) => (one.id === id ? shown(one) : one)) ?? [];
    this.#choose({ categories: [{ id, ...wish }] }, { categories });
  }

  /** Midnight at its end is a day's first minute to a browser. */
  get #span(): readonly string[] {
    return this.#typed ?? this.known?.quietHours?.replace('24:', '00:').match(/\d\d:\d\d/g) ?? ['', ''];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.#hidden);
    this.requestUpdate(); // of the inbox it had, no news tells that it is back
  }

  override disconnectedCallback(): void {
    document.removeEventListener('visibilitychange', this.#hidden);
    this.#chooseQuiet(null); // closed in the middle, or moved
    super.disconnectedCallback();
  }

  /** Be it that the tab is closed: nothing else tells of that everywhere. */
  #hidden = (): void => {
    if (document.hidden) this.#chooseQuiet(null);
  };

  /**
   * When both ends are left: nothing at all takes it back. Half a span is none, and is so once something else has the focus; a press on
   * words or on another window takes it from nobody.
   */
  #chooseQuiet(to: EventTarget | null): void {
    const typed = this.#typed;
    if (typed === null) return;
    const [from, end] = typed;
    const isHalf = !from !== !end;
    if (isHalf && !to) return;
    this.#typed = null;
    const quietHours = from ? typed.join('-') : null;
    // Hours are nobody's without a zone: then theirs is that of the clock which they read.
    const zone = quietHours && !this.known?.timeZone ? { timeZone: zoneHere() } : {};
    const wish = { quietHours, ...zone };
    if (isHalf) this.requestUpdate();
    else this.#choose(wish, wish);
  }

  /** In which the hours count that are shown; of those that somebody else wrote for whoever has none, only the server knows. */
  get #zone(): string | null {
    const { timeZone, quietHours } = this.known ?? {};
    return timeZone ?? (this.#typed || !quietHours ? zoneHere() : null);
  }

  protected override render(): TemplateResult {
    const { known, result } = this;
    const { words, language } = this.spoken;
    const said = result === null ? '' : words[result];
    return html`${this.voice}<div lang=${language} part="preferences">
      <p class="result ${result === 'failed' ? 'bad' : ''}" part="result" role="status">${said === '' ? nothing : html`<span class="card">${said}</span>`}</p>
      ${
        known === null
          ? nothing
          : html`<form @submit=${(event: Event) => event.preventDefault()}>
            ${this.#categories(known)}
            ${this.#when(known)}
          </form>`
      }
    </div>`;
  }

  #categories({ categories }: Preferences): TemplateResult | readonly TemplateResult[] {
    if (categories.length === 0) return html`<p class="hint">${this.spoken.words.noCategory}</p>`;
    return categories.map((one) => this.#category(one));
  }

  #category(category: Category): TemplateResult {
    const { words } = this.spoken;
    const { title, essential, why, subscribed, channels, frequency } = category;
    const off = essential || !subscribed;
    const all = Object.entries(channels) as [Channel, boolean][];
    const box = (label: string, on: boolean, disabled: boolean, choose: (on: boolean) => void, strong = '') =>
      html`<label class=${strong}><input type="checkbox" .checked=${on} ?disabled=${disabled}
        @change=${(event: Event) => choose((event.target as HTMLInputElement).checked)} />${label}</label>`;
    const boxes = all.map(([channel, on]) =>
      box(words[channel], on, off, (chosen) => this.#chooseOf(category, { channels: { [channel]: chosen } })),
    );
    return html`<fieldset part="category"><legend class="said">${title}</legend>
      ${box(title, subscribed, essential, (on) => this.#chooseOf(category, { subscribed: on }), 'strong')}
      ${essential ? html`<p class="hint">${why ?? words.essential}</p>` : nothing}
      ${all.length === 0 ? html`<p class="hint">${words.onlyInbox}</p>` : html`<div class="channels">${boxes}</div>`}
      ${
        off
          ? nothing
          : html`<label>${words.often} <select @change=${(event: Event) =>
              this.#chooseOf(category, {
                frequency: (event.target as HTMLSelectElement).value as Category['frequency'],
              })}>${FREQUENCIES.map((one) => html`<option value=${one} ?selected=${one === frequency}>${words[one]}</option>`)}</select></label>`
      }
    </fieldset>`;
  }

  #when({ pausedUntil }: Preferences): TemplateResult {
    const { words, language } = this.spoken;
    const zone = this.#zone?.replaceAll('_', ' ');
    const days = new Intl.NumberFormat(language, { style: 'unit', unit: 'day', unitDisplay: 'long' });
    const pause = (event: Event): void => {
      const { value } = event.target as HTMLSelectElement;
      const until = value === '' ? null : new Date(browser.now() + Number(value) * DAY_MS).toISOString();
      if (value !== 'now') this.#choose({ pausedUntil: until }, { pausedUntil: until });
    };
    const time = (label: string, end: 0 | 1) =>
      html`<label>${label} <input type="time" aria-describedby="hint" @change=${(event: Event) => {
        this.#typed = this.#span.with(end, (event.target as HTMLInputElement).value);
        this.requestUpdate();
      }} /></label>`;
    const leave = ({ currentTarget, relatedTarget }: FocusEvent): void => {
      if (!(currentTarget as Element).contains(relatedTarget as Element)) this.#chooseQuiet(relatedTarget);
    };
    return html`<fieldset part="pause"><legend>${words.pause}</legend><label><span class="said">${words.pause}</span>
        <select @change=${pause}><option value="" ?selected=${pausedUntil === null}>${words.noPause}</option>${
          pausedUntil === null
            ? nothing
            : html`<option value="now" selected>${filled(words.pausedUntil, { time: fullTime(language, Date.parse(pausedUntil)) })}</option>`
        }${PAUSES.map((n) => html`<option value=${n}>${days.format(n)}</option>`)}</select></label></fieldset>
      <fieldset part="quiet"><legend>${words.quiet}</legend><div class="two" @focusout=${leave}>${time(words.from, 0)}${time(words.to, 1)}</div><p class="hint" id="hint">${words.quietHint} ${zone ? filled(words.zone, { zone }) : nothing}</p></fieldset>`;
  }
}
