// A sentence of the checker: what it puts between backticks is code.
export function Coded({ children }: { readonly children: string }) {
  return children.split('`').map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence stay in their order.
    index % 2 === 0 ? part : <code key={index}>{part}</code>,
  );
}
