// Something that is done soon after it was asked for: once for many who ask together, never twice at a time, and while somebody always
// asks, no oftener than told.

/** What is asked for together comes within so long. */
const GATHERED_MS = 300;

export class Gathered {
  readonly #moreMs: number;
  readonly #act: () => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #acting = false;
  #again = false;
  #lastAt = Number.NEGATIVE_INFINITY;

  /** `moreMs`: from one beginning to the next, at least. */
  constructor(moreMs: number, act: () => Promise<void>) {
    this.#moreMs = moreMs;
    this.#act = act;
  }

  soon(): void {
    if (this.#timer !== null) return;
    if (this.#acting) {
      this.#again = true;
      return;
    }
    const restMs = this.#lastAt + this.#moreMs - performance.now();
    this.#timer = setTimeout(() => void this.#begin(), Math.max(GATHERED_MS, restMs));
  }

  /** What is being done goes on, and nothing comes after it. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#again = false;
  }

  async #begin(): Promise<void> {
    this.#timer = null;
    this.#lastAt = performance.now();
    this.#acting = true;
    await this.#act();
    this.#acting = false;
    if (!this.#again) return;
    this.#again = false;
    this.soon();
  }
}
