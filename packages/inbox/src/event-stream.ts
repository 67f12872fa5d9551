// Server-sent events, read from the body of an answer (WHATWG HTML §9.2.6). Of an event its name, its data and the id that a client
// goes on from; comments only say that somebody is there. EventSource does the same, and cannot show a token but in the address.

export interface StreamEvent {
  readonly name: string;
  readonly data: string;
  /** The last that was given, by this event or one before. */
  readonly id: string;
}

const LINE_END = /\r\n|\r|\n/;
/** An item has a few kilobytes; whoever sends a megabyte without an end is no Relance. */
const WAITING_MAX = 1_048_576;

/** Takes text as it comes, however it is cut, and answers the events that are complete. */
export function eventReader(lastId: string): (text: string) => readonly StreamEvent[] {
  let rest = '';
  let id = lastId;
  let name = '';
  let data: string[] = [];
  const take = (line: string): StreamEvent | null => {
    if (line === '') {
      const event = data.length === 0 ? null : { name: name || 'message', data: data.join('\n'), id };
      name = '';
      data = [];
      return event;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') name = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id' && !value.includes('\0')) id = value;
    return null;
  };
  return (text) => {
    rest += text;
    // What ends with CR may be half of CRLF.
    const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
    const lines = whole.split(LINE_END);
    const last = lines.pop() ?? '';
    rest = last + rest.slice(whole.length);
    if (rest.length > WAITING_MAX) throw new Error('no event that ends');
    return lines.flatMap((line) => take(line) ?? []);
  };
}
