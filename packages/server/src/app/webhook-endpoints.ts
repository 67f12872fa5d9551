// Registered webhook endpoints, as the webhook channel asks for them: looked up once in a few seconds, with their secrets
// opened, and their health written down for all of them together, once a second at most. Another node's changes are seen when
// what is kept has aged. The rows are store/sql/webhook.ts.
import type { Instant } from '@relance/core';
import type { WebhookEndpoint, WebhookEndpoints } from '../channels/providers/standard-webhook.ts';
import type { Log } from '../engine/engine.ts';
import { type Database, ENGINE } from '../store/database.ts';
import type { SecretBox } from '../store/secret-box.ts';
import {
  disableWebhook,
  findWebhook,
  noteHealth,
  type WebhookNews,
  type WebhookRow,
  webhookContext,
} from '../store/sql/webhook.ts';

export interface EndpointsOptions {
  readonly database: Database;
  readonly secretBox: SecretBox;
  readonly log: Log;
  readonly wallNow: () => Instant;
}

const KEPT_MS = 5_000;
const KEPT_MAX = 10_000;
const WRITTEN_EVERY_MS = 1_000;
const FAILURE_MAX = 300;
export const GONE_REASON = 'it answered 410 Gone; PUT it again to enable it';

interface Kept {
  readonly row: Promise<WebhookRow | null>;
  readonly at: number;
}

export function webhookEndpoints({ database, secretBox, log, wallNow }: EndpointsOptions): WebhookEndpoints {
  const kept = new Map<string, Kept>();
  const news = new Map<string, WebhookNews>();
  let timer: NodeJS.Timeout | null = null;
  const writeDown = async (): Promise<void> => {
    timer = null;
    const all = [...news.values()];
    news.clear();
    // What an operator looks at once in a while is not worth holding anything up for.
    await database
      .transaction(ENGINE, (tx) => noteHealth(tx, all))
      .catch((error: Error) => log.warn({ error }, 'the health of webhook endpoints is not written down'));
  };
  const rowOf = (tenant: string, url: string, anew: boolean): Promise<WebhookRow | null> => {
    const key = `${tenant}\n${url}`;
    const known = anew ? undefined : kept.get(key);
    if (known !== undefined && wallNow() - known.at < KEPT_MS) return known.row;
    const row = database.transaction(ENGINE, (tx) => findWebhook(tx, tenant, url));
    row.catch(() => kept.delete(key));
    kept.delete(key);
    kept.set(key, { row, at: wallNow() });
    for (const oldest of kept.keys()) if (kept.size > KEPT_MAX) kept.delete(oldest);
    return row;
  };
  return {
    async find(tenant, url, anew = false) {
      const row = await rowOf(tenant, url, anew);
      return row === null ? null : opened(row, secretBox, wallNow());
    },
    async gone(tenant, { id }) {
      kept.clear();
      await database
        .transaction(ENGINE, (tx) => disableWebhook(tx, tenant, id, GONE_REASON))
        .catch((error: Error) => log.warn({ webhook: id, error }, 'an endpoint that is gone stays enabled'));
    },
    heard(tenant, { id }, failure) {
      const key = `${tenant}\n${id}`;
      news.set(key, joined(news.get(key) ?? silent(tenant, id), failure, wallNow()));
      timer ??= setTimeout(() => void writeDown(), WRITTEN_EVERY_MS).unref();
    },
    async close() {
      if (timer === null) return;
      clearTimeout(timer);
      await writeDown();
    },
  };
}

function opened(row: WebhookRow, secretBox: SecretBox, now: Instant): WebhookEndpoint {
  const context = webhookContext(row.tenant, row.id);
  const old = row.old_secrets.filter(({ until }) => until > now);
  const sealed = [row.secret, ...old.map(({ secret }) => secret)];
  return {
    id: row.id,
    secrets: sealed.map((one) => secretBox.open(one, context)),
    disabled: row.disabled_at === null ? null : (row.disabled_reason ?? 'somebody disabled it'),
  };
}

const silent = (tenant: string, id: string): WebhookNews => ({
  tenant,
  id,
  successAt: null,
  failureAt: null,
  failure: null,
  failures: 0,
  failingSince: null,
});

const joined = (before: WebhookNews, failure: string | null, now: Instant): WebhookNews =>
  failure === null
    ? { ...before, successAt: now, failures: 0, failingSince: null }
    : {
        ...before,
        failureAt: now,
        failure: failure.slice(0, FAILURE_MAX),
        failures: before.failures + 1,
        failingSince: before.failingSince ?? now,
      };
