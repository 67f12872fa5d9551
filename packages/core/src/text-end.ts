/**
 * Without the characters of `chars` at its end. A regular expression for it (`/[ \t]+$/`) looks at every run of them in the text
 * from each of its places, so that a long one of somebody else's making takes minutes.
 */
export function withoutAtEnd(text: string, chars: string): string {
  let end = text.length;
  while (end > 0 && chars.includes(text[end - 1] ?? '')) end -= 1;
  return text.slice(0, end);
}
