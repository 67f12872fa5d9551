// What somebody has written and not sent, kept in this tab: neither an error nor a reload takes it away. With the version that it was
// begun from, under the tenant whose it is; signing out forgets all of it.
export interface Kept {
  readonly text: string;
  /** Null: of something that there was not yet. */
  readonly version: number | null;
}

const PREFIX = 'relance.draft/';
const keyOf = (tenant: string | null, id: string): string => `${PREFIX}${JSON.stringify([tenant, id])}`;

export function keptDraft(tenant: string | null, id: string): Kept | null {
  try {
    const found: unknown = JSON.parse(window.sessionStorage.getItem(keyOf(tenant, id)) ?? 'null');
    const { text, version = null } = (found ?? {}) as { readonly text?: unknown; readonly version?: unknown };
    return typeof text === 'string' ? { text, version: typeof version === 'number' ? version : null } : null;
  } catch {
    return null; // a browser that keeps nothing
  }
}

export function keepDraft(tenant: string | null, id: string, kept: Kept | null): void {
  try {
    if (kept === null) window.sessionStorage.removeItem(keyOf(tenant, id));
    else window.sessionStorage.setItem(keyOf(tenant, id), JSON.stringify(kept));
  } catch {
    // It is on the page all the same.
  }
}

export function forgetDrafts(): void {
  try {
    const keys = Array.from({ length: window.sessionStorage.length }, (_, at) => window.sessionStorage.key(at) ?? '');
    for (const key of keys.filter((one) => one.startsWith(PREFIX))) window.sessionStorage.removeItem(key);
  } catch {
    // There are none.
  }
}
