// A recipient's own inbox, by their token: the part that a page of the inbox needs, and beside it their devices and the stream, which a
// page that has its own does not load. Part of client.ts.
import type { Door, QueryOf } from './door.ts';
import type { InboxAct, NewDevice, OwnPreferenceWish } from './generated.ts';
import { followInbox, type StreamOptions } from './stream.ts';
import type { Transport } from './transport.ts';

export const inbox = (ask: Door) => ({
  /** `lastEventId` of the answer: from here on the stream tells what changes. */
  list: (query: QueryOf<'GET /v1/inbox'> = {}) => ask('GET /v1/inbox', { query }),
  read: (id: string) => ask('POST /v1/inbox/{id}/read', { path: { id } }),
  archive: (id: string) => ask('POST /v1/inbox/{id}/archive', { path: { id } }),
  /** Up to 1,000 a call; `more` says whether there may be others. */
  readAll: () => ask('POST /v1/inbox/read', { body: { all: true } }),
  archiveAll: () => ask('POST /v1/inbox/archive', { body: { all: true } }),
  act: (id: string, body: InboxAct) => ask('POST /v1/inbox/{id}/act', { path: { id }, body, once: true }),
  /** Of the recipient themselves. */
  preferences: () => ask('GET /v1/inbox/preferences'),
  /** What is left out stays as it is. */
  putPreferences: (wish: OwnPreferenceWish) => ask('PUT /v1/inbox/preferences', { body: wish }),
});

type Ending = (options: StreamOptions) => StreamOptions;

export const inboxOfPerson = (call: Transport, ask: Door, ending: Ending) => ({
  ...inbox(ask),
  /** What comes, is read and is archived, while it happens; `lastEventId` says from where. */
  stream: (options: StreamOptions = {}) => followInbox(call, ending(options)),
  devices: {
    list: () => ask('GET /v1/inbox/devices'),
    /** A browser's push subscription, or the token of an app. */
    put: (id: string, body: NewDevice) => ask('PUT /v1/inbox/devices/{id}', { path: { id }, body }),
    delete: (id: string): Promise<void> => ask('DELETE /v1/inbox/devices/{id}', { path: { id } }),
  },
  /** What a browser subscribes with. */
  pushKey: () => ask('GET /v1/inbox/push-key'),
});
