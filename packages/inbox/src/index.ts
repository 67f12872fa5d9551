// The inbox of Relance for pages: the store that needs no framework. The elements are registered by `@relance/inbox/define`.
export type { Platform } from './platform.ts';
export {
  type Act,
  createInboxStore,
  type InboxState,
  type InboxStore,
  type InboxStoreOptions,
  type ShownItem,
  type Trouble,
  type Wish,
} from './store.ts';
export { type GetToken, tokenFrom } from './token.ts';
export { addWords, type Counted, type OwnWords, type Words } from './words.ts';
