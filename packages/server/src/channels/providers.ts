// The brands that ship, one file each under providers/. app/provider-desk.ts adds those of the embedding program.
import type { Provider } from './provider.ts';
import { apnsProvider } from './providers/apns.ts';
import { fcmProvider } from './providers/fcm.ts';
import { twilioProvider } from './providers/twilio.ts';
import { webPushProvider } from './providers/web-push.ts';

export const PROVIDERS: readonly Provider[] = [twilioProvider, webPushProvider, fcmProvider, apnsProvider];
