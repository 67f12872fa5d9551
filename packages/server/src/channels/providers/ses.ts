// Email through Amazon SES (version 2 of its interface), by AWS's own SDK, with its retries off. The mail is composed here and handed over
// raw, so that headers and threads stay ours; only Message-ID is replaced by SES. It does not recognise a second hand-over
// (honoursIds: false). What became of a mail comes through SNS: sns-receipt.ts.
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Outcome } from '@relance/core';
import MailComposer from 'nodemailer/lib/mail-composer';
import { z } from 'zod';
import type { BrandHttp } from '../brand-http.ts';
import { judgeHttp, judgeNoAnswer, wordsOf } from '../http-judge.ts';
import { composed, type Mail } from '../mail.ts';
import {
  type Brand,
  brandConnection,
  endpointField,
  keyField,
  mailboxField,
  ours,
  senderField,
} from '../mail-brand.ts';
import type { Opening, Provider } from '../provider.ts';
import { readSnsReceipts, SES_TAG } from '../sns-receipt.ts';

const topicField = z
  .string()
  .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/, 'must be the ARN of a topic of SNS')
  .optional();
const sesSettings = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region of AWS, such as eu-west-1')
    .describe('The region of the account: eu-west-1.'),
  from: senderField,
  configurationSet: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the name of a configuration set')
    .optional()
    .describe('The configuration set whose events tell what became of a mail.'),
  topicArn: topicField.describe('The SNS topic whose notifications are believed, and no other.'),
  inboundTopicArn: topicField.describe('The SNS topic that mails come in by, where that is another one.'),
  replyTo: mailboxField.optional().describe('The mailbox that replies go to, one address a message.'),
  endpoint: endpointField,
});
const sesSecrets = z.strictObject({
  accessKeyId: keyField.describe('The access key.'),
  secretAccessKey: keyField.describe('Its secret.'),
  sessionToken: keyField.optional().describe('The token of temporary credentials.'),
});
export type SesSettings = z.infer<typeof sesSettings>;
export type SesSecrets = z.infer<typeof sesSecrets>;

const CONCURRENCY = 14; // the usual limit of an account, a second
const CONNECT_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 25_000;

export const sesProvider: Provider<SesSettings, SesSecrets> = {
  id: 'ses',
  channel: 'email',
  title: 'Amazon SES',
  settings: sesSettings,
  secrets: sesSecrets,
  destination: ['endpoint'],
  concurrency: CONCURRENCY,
  open: (opening) => brandConnection(opening, (http) => brandOf(opening, http)),
  receipts: (call) => readSnsReceipts(call),
};

function brandOf({ settings, secrets }: Opening<SesSettings, SesSecrets>, http: BrandHttp): Brand {
  const { region, endpoint, configurationSet } = settings;
  const client = new SESv2Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    credentials: {
      accessKeyId: secrets.accessKeyId,
      secretAccessKey: secrets.secretAccessKey,
      ...(secrets.sessionToken === undefined ? {} : { sessionToken: secrets.sessionToken }),
    },
    maxAttempts: 1,
    requestHandler: {
      httpAgent: http.httpAgent,
      httpsAgent: http.httpsAgent,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
    },
  });
  return {
    provider: 'ses',
    honoursIds: false,
    async hand(mail, envelope, _http, signal): Promise<Outcome> {
      const refused = endpoint === undefined ? null : await http.refusal(new URL(endpoint), signal);
      if (refused !== null) return ours(refused);
      const Data = await raw(mail);
      const command = new SendEmailCommand({
        Content: { Raw: { Data } },
        Destination: {
          ToAddresses: [mail.to.address],
          ...(mail.cc.length === 0 ? {} : { CcAddresses: [...mail.cc] }),
          ...(mail.bcc.length === 0 ? {} : { BccAddresses: [...mail.bcc] }),
        },
        EmailTags: [{ Name: SES_TAG, Value: envelope.id }],
        ...(configurationSet === undefined ? {} : { ConfigurationSetName: configurationSet }),
      });
      try {
        const { MessageId } = await client.send(command, { abortSignal: signal });
        return { kind: 'accepted', providerId: MessageId ?? null, detail: 'HTTP 200' };
      } catch (error) {
        return judged(error as SesError);
      }
    },
    close: () => client.destroy(),
  };
}

const raw = (mail: Mail): Promise<Buffer> => new MailComposer(composed(mail) as never).compile().build();

interface SesError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** Its names of errors (API reference of SendEmail): about our account or settings, or too much at once. */
const OURS = new Set([
  'AccountSuspendedException',
  'MailFromDomainNotVerifiedException',
  'NotFoundException',
  'SendingPausedException',
]);
const TOO_MUCH = new Set(['LimitExceededException', 'ThrottlingException', 'Throttling', 'TooManyRequestsException']);
const UNVERIFIED = /not verified/i;

function judged(error: SesError): Outcome {
  const { name = '', message = '', $metadata } = error;
  const status = $metadata?.httpStatusCode ?? 0;
  // The SDK wraps what broke the connection, with the code that the judge knows.
  if (status === 0) return judgeNoAnswer(error, { sent: true, honoursIds: false });
  if (OURS.has(name) || UNVERIFIED.test(message))
    return ours(`Amazon SES ${name}: our account or settings are refused`);
  const headers = error.$response?.headers ?? {};
  const detail = wordsOf(`${name} ${message}`);
  return judgeHttp({
    status: TOO_MUCH.has(name) ? 429 : status,
    retryAfter: headers['retry-after'],
    date: headers.date,
    detail,
    honoursIds: false,
  });
}
