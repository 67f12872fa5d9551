// Hands a text to whoever sits here, as a file.

/** A busy browser takes it later than at once; until then its address has to be good. */
const TAKEN_MS = 60_000;

export function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), TAKEN_MS);
}
