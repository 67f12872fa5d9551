// What is typed to open a follow-up by hand, as the server takes it: a field that is left empty is not sent, so that the policy says.
import type { OpenRequest } from '@relance/client';

export type Typed = Readonly<
  Record<'policy' | 'key' | 'title' | 'assignee' | 'requester' | 'due' | 'url' | 'data', string>
>;

type Read =
  | { readonly request: OpenRequest; readonly error: null }
  | { readonly request: null; readonly error: string };

/** `momentOf` reads a local time of this browser as RFC 3339. Fails for data that is no JSON object. */
export function openRequest(typed: Typed, momentOf: (local: string) => string | null): Read {
  const data = readData(typed.data.trim());
  if (data === null) return { request: null, error: 'This is not a JSON object. Write one such as {"amount": 120}.' };
  const url = typed.url.trim();
  const dueAt = momentOf(typed.due);
  const request: OpenRequest = {
    policy: typed.policy,
    key: typed.key.trim(),
    subject: { title: typed.title.trim(), ...(url === '' ? {} : { url }) },
    ...(typed.assignee.trim() === '' ? {} : { assignee: typed.assignee.trim() }),
    ...(typed.requester.trim() === '' ? {} : { requester: typed.requester.trim() }),
    ...(dueAt === null ? {} : { dueAt }),
    ...(data === undefined ? {} : { data }),
  };
  return { request, error: null };
}

/** Undefined where nothing is typed, null where it is no object. */
function readData(text: string): Record<string, unknown> | null | undefined {
  if (text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
