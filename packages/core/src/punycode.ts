// The ASCII form of a domain that is written in other letters (RFC 3492, RFC 5891 §4): `münchen.de` and `xn--mnchen-3ya.de` are the
// same to whoever delivers mail there. Encoding only, for comparing; what people see stays as it is written. Pure.

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const BIAS_FIRST = 72;
const FIRST = 0x80;
/** A label of DNS; a longer one is no domain, and is left as it is. */
const LABEL_MAX = 63;

export const asciiDomain = (domain: string): string =>
  isAscii(domain)
    ? domain
    : domain
        .split(/[.\u3002\uff0e\uff61]/) // the dots of RFC 3490 §3.1
        .map(asciiLabel)
        .join('.');

function asciiLabel(label: string): string {
  if (isAscii(label) || label.length > LABEL_MAX) return label;
  const mapped = label.normalize('NFC').toLowerCase();
  return isAscii(mapped) ? mapped : `xn--${encoded([...mapped].map((letter) => letter.codePointAt(0) ?? 0))}`;
}

const isAscii = (text: string): boolean => [...text].every((letter) => (letter.codePointAt(0) ?? 0) < FIRST);
const digit = (value: number): string => SIGNS.charAt(value);
const SIGNS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** RFC 3492 §6.3, with its names. */
function encoded(points: readonly number[]): string {
  const basic = points.filter((point) => point < FIRST);
  let output = String.fromCodePoint(...basic) + (basic.length > 0 ? '-' : '');
  let [n, delta, bias, handled] = [FIRST, 0, BIAS_FIRST, basic.length];
  while (handled < points.length) {
    const next = Math.min(...points.filter((point) => point >= n));
    delta += (next - n) * (handled + 1);
    n = next;
    for (const point of points) {
      if (point < n) delta += 1;
      if (point !== n) continue;
      output += varied(delta, bias);
      bias = adapted(delta, handled + 1, handled === basic.length);
      delta = 0;
      handled += 1;
    }
    delta += 1;
    n += 1;
  }
  return output;
}

/** One number, its digits the least first, as long as its place says. */
function varied(delta: number, bias: number): string {
  let output = '';
  let q = delta;
  for (let k = BASE; ; k += BASE) {
    const t = Math.max(T_MIN, Math.min(T_MAX, k - bias));
    if (q < t) return output + digit(q);
    output += digit(t + ((q - t) % (BASE - t)));
    q = Math.floor((q - t) / (BASE - t));
  }
}

/** RFC 3492 §6.1. */
function adapted(delta: number, count: number, first: boolean): number {
  let rest = Math.floor(delta / (first ? DAMP : 2));
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}
