// The brands that ship, one file each under providers/. app/provider-desk.ts adds those of the embedding program.
import type { Provider } from './provider.ts';

export const PROVIDERS: readonly Provider[] = [];
