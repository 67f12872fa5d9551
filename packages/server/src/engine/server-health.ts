// What is told of how this server's own connections fare (store/sql/connection.ts keeps it). Whoever has none of their own leaves by
// them, so what a provider said of one tenant's message is read by the others: nothing of it is kept but what is known
// to name nobody and to let nobody in; the rest is in the log.
const READ_MAX = 1_000;
/** Errors of system calls, of nodemailer and of TLS (Node's documentation, Errors), each by its name: any other word may be somebody's. */
const ERRORS = [
  'ECONNREFUSED ECONNRESET ECONNABORTED ETIMEDOUT ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH ENETDOWN EPIPE EPROTO EACCES',
  'CERT_HAS_EXPIRED CERT_NOT_YET_VALID CERT_UNTRUSTED DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE UNABLE_TO_GET_ISSUER_CERT_LOCALLY ERR_TLS_CERT_ALTNAME_INVALID ERR_SSL_WRONG_VERSION_NUMBER',
];
/** Those say less: where both stand, the others are told. */
const OF_NODEMAILER = ['EAUTH ESOCKET ECONNECTION EENVELOPE EMESSAGE EDNS ETLS EPROTOCOL'];
const anyOf = (lists: readonly string[]): RegExp =>
  new RegExp(
    `\\b(?:(?:connect|getaddrinfo|read|write) )?(?:${lists.flatMap((names) => names.split(' ')).join('|')})\\b`,
  );
const FAILED_CALLS = [anyOf(ERRORS), anyOf(OF_NODEMAILER)];

/** A reply of SMTP with its enhanced status (RFC 5321 §4.2, RFC 3463), or the status of HTTP (RFC 9110 §15). */
const REPLY = /(?:^|\s)([45]\d\d)(?:[ -]([45]\.\d{1,3}\.\d{1,3}))?(?=[\s:,.;)-]|$)/;
const KNOWN: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/\btime(?:d )?out\b/i, 'no answer in time'],
  [/\b(?:log ?in|auth(?:entication|orization)?|credentials?|unauthorized)\b/i, 'signing in was refused'],
  [/\b(?:rate|throttl\w{0,6}|too many)\b/i, 'too much at once'],
  [/\badapter threw\b/, 'its adapter threw'],
];

/** Of all that a provider says, what is known to name nobody: codes, and words of our own for what is often said. */
export function wordsForAll(detail: string | null): string | null {
  if (detail === null) return null;
  const read = detail.slice(0, READ_MAX);
  const [, code, status] = REPLY.exec(read) ?? [];
  const said = [
    FAILED_CALLS.map((one) => one.exec(read)?.[0]).find((one) => one !== undefined),
    code === undefined ? undefined : status === undefined ? code : `${code} ${status}`,
    KNOWN.find(([pattern]) => pattern.test(read))?.[1],
  ].filter((one) => one !== undefined);
  return said.length === 0 ? IN_THE_LOG : said.join(', ');
}
const IN_THE_LOG = 'what it said is in the log of the server';
