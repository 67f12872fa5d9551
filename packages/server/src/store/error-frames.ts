// Where an error came from, for a log. Its words stand above that in a stack, may quote values of other people, and may
// have lines that look the same: they are left out.
export function framesOf({ message, stack = '' }: Error): readonly string[] {
  const at = stack.indexOf(message);
  return stack
    .slice(at === -1 ? 0 : at + message.length)
    .split('\n')
    .filter((line) => line.startsWith('    at '));
}
