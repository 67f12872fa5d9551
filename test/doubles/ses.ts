// A double of Amazon SES, written from its API document: POST /v2/email/outbound-emails, signed with version 4, answers {MessageId}
// (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html); errors are a JSON with a message, their name in
// the header x-amzn-errortype. It recognises no second hand-over, and checks that a signature is there, not that it is right.
import { type BrandDouble, startBrand } from './brand.ts';

export const SES_KEY = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

export const sesError = (status: number, name: string, message: string) => ({
  status,
  headers: { 'x-amzn-errortype': name },
  body: { message },
});

export const startSes = (): Promise<BrandDouble> => {
  let count = 0;
  return startBrand(({ method, path, headers, body }) => {
    const fails = (status: number, name: string, message: string) => ({
      answer: sesError(status, name, message),
      taken: null,
    });
    if (method !== 'POST' || path !== '/v2/email/outbound-emails')
      return fails(404, 'NotFoundException', 'no such operation');
    const signed = new RegExp(
      `^AWS4-HMAC-SHA256 Credential=${SES_KEY.accessKeyId}/\\d{8}/eu-west-1/ses/aws4_request, `,
    );
    if (!signed.test(headers.authorization ?? ''))
      return fails(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.');
    const { Raw } = (body.Content ?? {}) as { Raw?: { Data?: string } };
    if (typeof Raw?.Data !== 'string') return fails(400, 'BadRequestException', 'Content is required');
    const mail = Buffer.from(Raw.Data, 'base64').toString('latin1');
    if (/^From: .*unsigned@/m.test(mail)) return fails(400, 'MessageRejected', 'Email address is not verified.');
    count += 1;
    const MessageId = `0102019a00000000-00000000-0000-4000-8000-${String(count).padStart(12, '0')}-000000`;
    return { answer: { status: 200, body: { MessageId } }, taken: MessageId };
  });
};
