// What shows above the page, beside the list: items that want to be more than an item of the feed (`as`), until they are read, closed or
// over. What its reader has just done stays a moment, so that they see it and can take it back.
import { html, type TemplateResult } from 'lit';
import { RelanceElement } from './element.ts';
import { CLOSE, iconButton } from './icon.ts';
import { actionsView, metaView, titleView } from './item-view.ts';
import { browser } from './platform.ts';
import { type Act, type ShownItem, TAKES_BACK } from './store.ts';

const DONE_MS = 5_000;

export abstract class RaisedElement extends RelanceElement {
  protected abstract readonly as: ShownItem['as'];
  /** Read by being acted on, and still to be seen. */
  readonly #touched = new Map<string, () => void>();
  readonly #closed = new Set<string>();

  /** Newest first. */
  protected get raised(): readonly ShownItem[] {
    return this.state.items.filter(
      ({ id, as, readAt }) =>
        as === this.as && !this.#closed.has(id) && (readAt === null || this.#touched.has(id)) && this.wants(id),
    );
  }

  protected wants(_id: string): boolean {
    return true;
  }

  override async act(item: ShownItem, act: Act): Promise<boolean> {
    const { id } = item;
    this.#touched.get(id)?.();
    this.#touched.set(id, () => {});
    const done = await super.act(item, act);
    const leave = (): void => {
      this.#touched.delete(id);
      this.requestUpdate();
    };
    // What was taken back is asked as before.
    if (done && act.action !== TAKES_BACK) this.#touched.set(id, browser.after(DONE_MS, leave));
    return done;
  }

  /** Seen, and not wanted here any more; it stays in the list. */
  protected override seen(item: ShownItem): void {
    this.#closed.add(item.id);
    this.requestUpdate();
    super.seen(item);
  }

  protected item(item: ShownItem): TemplateResult {
    const { view } = this;
    return html`<div class="row"><div class="grow">
        <h2 class="title" part="title" id="t-${item.id}" tabindex="-1" dir="auto">${titleView(view, item)}</h2>
        ${item.urgency === 'urgent' ? metaView(view, item) : ''}
        <p class="body" part="body" dir="auto">${item.body}</p>
      </div>
      ${iconButton(CLOSE, 'close', view.spoken.words.close, () => this.seen(item), `: ${item.title}`)}</div>
      ${actionsView(view, item)}`;
  }
}
