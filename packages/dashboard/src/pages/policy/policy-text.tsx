// The text of a policy, to be written: plain until its editor is there, which is as large as the rest of the page, and plain for good
// where that does not load. What the keys do is said below, of whichever is there.
import { Text } from '@mantine/core';
import { type ComponentType, useEffect, useId, useRef, useState } from 'react';
import type { EditorProps } from './editor.tsx';
import { PlainText, type Selected } from './plain-text.tsx';

type Props = Omit<EditorProps, 'initial' | 'label' | 'describedBy' | 'selected'> & {
  readonly text: string;
  /** The editor holds the text itself: of another one there is another editor. */
  readonly begun: number;
};

export function PolicyText({ text, begun, ...rest }: Props) {
  const selected = useRef<Selected | null>(null);
  const hint = useId();
  // Letters that are still being put together (an accent, a kanji) would be lost with the plain text.
  const [composing, setComposing] = useState(false);
  const come = useEditor();
  const Editor = composing ? null : come;
  const { change, save, ref } = rest;
  const both = { label: 'The policy in YAML', describedBy: hint, selected };
  return (
    <>
      {Editor === null ? (
        <PlainText {...{ ...both, change, save, ref, text }} composing={setComposing} />
      ) : (
        <Editor {...both} {...rest} key={begun} initial={text} />
      )}
      <Text size="xs" c="dimmed" id={hint}>
        {Editor !== null &&
          'Ctrl + Space offers what can be written. Tab indents; press Escape, then Tab, to leave the editor. '}
        Ctrl + S publishes.
      </Text>
    </>
  );
}

/** Once it has come, it is there at once. */
let loaded: ComponentType<EditorProps> | null = null;

/** Null: it has not come, or does not. */
function useEditor(): ComponentType<EditorProps> | null {
  const [editor, setEditor] = useState(() => loaded);
  useEffect(() => {
    if (loaded !== null) return;
    const come = ({ Editor }: { readonly Editor: ComponentType<EditorProps> }) => {
      loaded = Editor;
      setEditor(() => Editor);
    };
    import('./editor.tsx').then(come, () => {}); // the plain text is enough
  }, []);
  return editor;
}
