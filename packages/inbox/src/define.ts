// Registers the elements, each once: importing this file is enough for a page that writes them as tags.
import { RelanceBanner } from './banner-element.ts';
import { RelanceInbox } from './inbox-element.ts';
import { RelanceModal } from './modal-element.ts';
import { RelancePreferences } from './preferences-element.ts';
import { RelanceToasts } from './toasts-element.ts';

const ELEMENTS = {
  'relance-inbox': RelanceInbox,
  'relance-banner': RelanceBanner,
  'relance-toasts': RelanceToasts,
  'relance-modal': RelanceModal,
  'relance-preferences': RelancePreferences,
} as const;

for (const [name, element] of Object.entries(ELEMENTS))
  if (customElements.get(name) === undefined) customElements.define(name, element);

declare global {
  interface HTMLElementTagNameMap {
    'relance-inbox': RelanceInbox;
    'relance-banner': RelanceBanner;
    'relance-toasts': RelanceToasts;
    'relance-modal': RelanceModal;
    'relance-preferences': RelancePreferences;
  }
}
