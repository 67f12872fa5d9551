// The brands that ship, one file each under providers/. app/provider-desk.ts adds those of the embedding program.
import type { Provider } from './provider.ts';
import { apnsProvider } from './providers/apns.ts';
import { fcmProvider } from './providers/fcm.ts';
import { postmarkProvider } from './providers/postmark.ts';
import { resendProvider } from './providers/resend.ts';
import { sesProvider } from './providers/ses.ts';
import { slackProvider } from './providers/slack.ts';
import { smtpProvider } from './providers/smtp.ts';
import { teamsProvider } from './providers/teams.ts';
import { twilioProvider } from './providers/twilio.ts';
import { webPushProvider } from './providers/web-push.ts';

export const PROVIDERS: readonly Provider[] = [
  smtpProvider,
  sesProvider,
  postmarkProvider,
  resendProvider,
  twilioProvider,
  webPushProvider,
  fcmProvider,
  apnsProvider,
  slackProvider,
  teamsProvider,
];
