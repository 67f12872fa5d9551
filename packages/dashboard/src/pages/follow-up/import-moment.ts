// A cell of a file as a time. Whatever could be read in two ways is not read.

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** A date is the end of its day by the clocks of this machine: what is due on a day is due until then. Null: neither it nor RFC 3339. */
export function momentOf(text: string): string | null {
  const date = DATE.exec(text);
  if (date === null) return RFC3339.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
  const [year = 0, month = 0, day = 0] = date.slice(1).map(Number);
  const at = new Date(year, month - 1, day, 23, 59, 59);
  return at.getMonth() === month - 1 && at.getDate() === day ? at.toISOString() : null;
}
