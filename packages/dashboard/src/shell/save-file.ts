// Hands a text to the browser as a file to keep.

/** A busy browser takes it later than at once; until then its address has to be good. */
const TAKEN_MS = 60_000;
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), TAKEN_MS);
}
