// Every error the HTTP interface answers with: one closed table of codes, each with its status, a title and what to do
// next. What is thrown, what is documented and what clients switch on are this table; a test compares them.

export interface ErrorKind {
  readonly status: number;
  readonly title: string;
  readonly next: string;
}

export const ERRORS = {
  bad_json: { status: 400, title: 'The body is not valid JSON', next: 'Send one well-formed JSON value.' },
  bad_text: {
    status: 400,
    title: 'A text cannot be stored',
    next: 'Remove NUL characters and lone surrogates from the field that is named.',
  },
  bad_yaml: { status: 400, title: 'The body is not valid YAML', next: 'Correct the YAML at the line that is named.' },
  too_deep: { status: 400, title: 'The body is nested too deeply', next: 'Nest at most 64 levels.' },
  invalid: { status: 400, title: 'The request is not valid', next: 'Correct the fields in `errors`.' },
  invalid_event: {
    status: 400,
    title: 'This is not a valid CloudEvent',
    next: 'Send CloudEvents 1.0: specversion, id, source and type are required.',
  },
  invalid_webhook: {
    status: 400,
    title: 'This is not the webhook that this source takes',
    next: 'Let the named system itself send to this address; `detail` says what is not as it sends it.',
  },
  unauthorized: {
    status: 401,
    title: 'An API key is needed',
    next: 'Send `Authorization: Bearer <key>` with a valid key.',
  },
  token_needed: {
    status: 401,
    title: 'A recipient token is needed',
    next: 'Send `Authorization: Bearer <token>` with a token of POST /v1/recipients/{id}/tokens; an API key opens no inbox.',
  },
  not_proven: {
    status: 401,
    title: 'The provider does not prove that it sent this',
    next: 'Check the signing secret of the connection, and that address, headers and body arrive as the provider signed them.',
  },
  forbidden: { status: 403, title: 'This key may not do that', next: 'Use a key with the scope that is named.' },
  foreign_origin: {
    status: 403,
    title: 'This was sent from another site',
    next: 'Send it from a page of this server; behind a proxy set RELANCE_PUBLIC_URL to the address that people use.',
  },
  not_found: { status: 404, title: 'There is no such thing', next: 'Check the address and the id.' },
  method_not_allowed: {
    status: 405,
    title: 'This address does not take that method',
    next: 'See /docs for what it takes.',
  },
  conflict: {
    status: 409,
    title: 'Something else happened at the same moment',
    next: 'Read the current state and try again.',
  },
  in_use: {
    status: 409,
    title: 'Something else needs it',
    next: 'Change or delete what `policies` or `templates` names first.',
  },
  follow_up_closed: {
    status: 409,
    title: 'The follow-up is closed',
    next: 'See `followUp`; reopen it if it should go on.',
  },
  key_ambiguous: {
    status: 409,
    title: 'Several live follow-ups have this key',
    next: 'Add `?assignee=` with one of `assignees`.',
  },
  idempotency_in_flight: {
    status: 409,
    title: 'The same request is under way',
    next: 'Wait a second and send it again with the same Idempotency-Key.',
  },
  clock_not_virtual: {
    status: 409,
    title: 'The clock is real',
    next: 'Start with RELANCE_CLOCK=virtual to move time by hand.',
  },
  changed_meanwhile: {
    status: 412,
    title: 'It is not as you last saw it',
    next: 'Read it again, put your change into what is there now, and send it with the version that you have read.',
  },
  clock_busy: { status: 409, title: 'Another advance is under way', next: 'Wait until it answers.' },
  too_large: {
    status: 413,
    title: 'The body is too large',
    next: 'Send at most 1 MiB, and at most 500 events a batch.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'This content type is not understood here',
    next: 'Use application/json, or what /docs names for this address.',
  },
  unprocessable: {
    status: 422,
    title: 'The request cannot be carried out',
    next: 'Change what the detail names: sent again as it is, it is refused again.',
  },
  idempotency_mismatch: {
    status: 422,
    title: 'This Idempotency-Key was used with another body',
    next: 'Use a new key for a new request.',
  },
  idempotency_lost: {
    status: 409,
    title: 'The first answer is kept but cannot be read',
    next: 'Read the current state; use a new key for a new request.',
  },
  policy_invalid: {
    status: 422,
    title: 'The policy is not valid',
    next: 'Correct what `errors` names and send it again; nothing changes until then.',
  },
  template_invalid: {
    status: 422,
    title: 'The template is not valid',
    next: 'Correct what `errors` names and send it again; nothing changes until then.',
  },
  policy_not_found: {
    status: 422,
    title: 'There is no such policy',
    next: 'Publish it first with PUT /v1/policies/{id}.',
  },
  refused: {
    status: 422,
    title: 'The policy does not allow this',
    next: 'Ask for what the rule in the detail allows, or change the policy.',
  },
  event_unprocessable: {
    status: 422,
    title: 'The event cannot be processed',
    next: 'Correct what the detail names and send it again; the event was not stored.',
  },
  time_in_past: { status: 422, title: 'The time is in the past', next: 'Send a time after `now` of GET /v1/clock.' },
  not_built: { status: 501, title: 'This part is not built yet', next: 'See CHANGELOG.md for what is.' },
  rate_limited: { status: 429, title: 'Too many requests', next: 'Wait as long as Retry-After says.' },
  internal: {
    status: 500,
    title: 'Something went wrong here',
    next: 'Try again; if it goes on, give the operators the request id.',
  },
  stopping: {
    status: 503,
    title: 'The server is stopping',
    next: 'Try again after Retry-After, elsewhere or here; nothing was accepted.',
  },
  held: {
    status: 503,
    title: 'Another transaction holds what this would change',
    next: 'Try again after Retry-After; nothing was accepted. A transaction of your own that opens or resolves should end soon.',
  },
  policy_unreadable: {
    status: 503,
    title: 'This release cannot read the policy',
    next: 'Nothing was changed. Send it again to a release that reads the version in `detail`; for new follow-ups publish one that this release reads.',
  },
  database_away: {
    status: 503,
    title: 'The database is away',
    next: 'Try again after Retry-After; nothing was accepted.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;
