// What the server answers when something is wrong (RFC 9457): a code from a closed table, a detail, and what to do next.

export class RelanceProblem extends Error {
  declare readonly status: number;
  declare readonly code: string;
  declare readonly detail: string;
  declare readonly next: string;
  /** The whole problem document: `errors`, `followUp` and the like. */
  declare readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    const detail = typeof body.detail === 'string' ? body.detail : `The server answered ${status}.`;
    super(detail);
    this.name = 'RelanceProblem';
    this.status = status;
    this.code = typeof body.code === 'string' ? body.code : 'unknown';
    this.detail = detail;
    this.next = typeof body.next === 'string' ? body.next : 'Try again later.';
    this.body = body;
  }
}
