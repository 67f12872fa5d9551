// Endpoints of a recipient that lead where nothing may be sent: found when they are written, and not at the first message. Why
// a URL is refused is asked of the provider desk, which knows what the operator allows.
import { refusedWebhook } from '@relance/core';
import type { WireRecipient } from '../store/sql/recipient.ts';
import type { ProviderDesk } from './ports.ts';

export interface RefusedEndpoint {
  readonly path: readonly ['endpoints', number, 'address'];
  readonly message: string;
}

export function refusedEndpoints(
  { endpoints }: Pick<WireRecipient, 'endpoints'>,
  { refusalOf }: Pick<ProviderDesk, 'refusalOf'>,
): readonly RefusedEndpoint[] {
  return (endpoints as readonly { readonly channel: string; readonly address: string }[]).flatMap((endpoint, index) => {
    const message = refusedWebhook(endpoint, refusalOf);
    return message === null ? [] : [{ path: ['endpoints', index, 'address'] as const, message }];
  });
}
