// A double of Resend, written from its API document: POST /emails with a bearer key and an Idempotency-Key answers {id}
// (https://resend.com/docs/api-reference/emails/send-email), the same one for the same key and words, 409 for the same key and other
// words; errors are {statusCode, name, message} (https://resend.com/docs/api-reference/errors).
import { type BrandDouble, startBrand } from './brand.ts';

export const RESEND_KEY = 're_0000000000000000000001';

export const startResend = (): Promise<BrandDouble> => {
  const known = new Map<string, { readonly id: string; readonly words: string }>();
  return startBrand(({ method, path, headers, body }) => {
    const fails = (statusCode: number, name: string, message: string) => ({
      answer: { status: statusCode, body: { statusCode, name, message } },
      taken: null,
    });
    if (method !== 'POST' || path !== '/emails')
      return fails(404, 'not_found', 'The requested endpoint does not exist.');
    if (headers.authorization !== `Bearer ${RESEND_KEY}`) return fails(401, 'invalid_api_key', 'API key is invalid');
    const key = headers['idempotency-key'];
    if (typeof key !== 'string' || key.length > 256)
      return fails(400, 'invalid_idempotency_key', 'The key must be between 1-256 chars.');
    if (!Array.isArray(body.to) || typeof body.from !== 'string')
      return fails(422, 'missing_required_field', 'Missing `to` field.');
    if (body.from.includes('unsigned@')) return fails(403, 'invalid_from_address', 'The domain is not verified.');
    const words = JSON.stringify(body);
    const before = known.get(key);
    if (before !== undefined && before.words !== words)
      return fails(409, 'invalid_idempotent_request', 'Same idempotency key used with a different request payload.');
    const id = before?.id ?? `49a3999c-0ce1-4ea6-ab68-${String(known.size + 1).padStart(12, '0')}`;
    known.set(key, { id, words });
    return { answer: { status: 200, body: { id } }, taken: id };
  });
};
