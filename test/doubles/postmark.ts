// A double of Postmark, written from its API document: POST /email with X-Postmark-Server-Token answers ErrorCode, Message, MessageID,
// SubmittedAt and To (https://postmarkapp.com/developer/api/email-api); errors are 401 (code 10) and 422 with a code
// (https://postmarkapp.com/developer/api/overview#error-codes). It recognises no second hand-over.
import { type BrandDouble, startBrand } from './brand.ts';

export const POSTMARK_TOKEN = 'b5d0d2d2-aaaa-4bbb-8ccc-000000000001';

export const startPostmark = (): Promise<BrandDouble> => {
  let count = 0;
  return startBrand(({ method, path, headers, body }) => {
    const fails = (status: number, ErrorCode: number, Message: string) => ({
      answer: { status, body: { ErrorCode, Message } },
      taken: null,
    });
    if (method !== 'POST' || path !== '/email') return fails(404, 0, 'The requested resource does not exist.');
    if (headers['x-postmark-server-token'] !== POSTMARK_TOKEN)
      return fails(401, 10, 'The Server Token you provided in the X-Postmark-Server-Token request header was invalid.');
    if (typeof body.From !== 'string' || typeof body.To !== 'string') return fails(422, 300, "Invalid 'To' address.");
    if (body.To.includes('inactive@'))
      return fails(
        422,
        406,
        `You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses: ${body.To}.`,
      );
    if (body.From.includes('unsigned@'))
      return fails(422, 400, "The 'From' address you supplied is not a Sender Signature on your account.");
    count += 1;
    const MessageID = `0a129aee-e1cd-480d-b08d-${String(count).padStart(12, '0')}`;
    const SubmittedAt = '2026-11-02T09:00:00.0000000Z';
    return {
      answer: { status: 200, body: { To: body.To, SubmittedAt, MessageID, ErrorCode: 0, Message: 'OK' } },
      taken: MessageID,
    };
  });
};
