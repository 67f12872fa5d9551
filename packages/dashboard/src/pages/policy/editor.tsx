// The editor of a policy's YAML: CodeMirror with completion, and with problems where they are. It holds the text itself: whoever
// shows it is told each change, and gives another key to begin anew. Tab indents; Escape and then Tab leaves, as is said below it.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension, type Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { type Ref, type RefObject, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { policyCompletion } from './completion.ts';
import { editorLook } from './editor-look.ts';
import type { KnownNames } from './offers.ts';
import type { EditorHandle, Selected } from './plain-text.tsx';

export interface Marked {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** 1-based; the first line where there is none. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

export interface EditorProps {
  readonly initial: string;
  /** What was selected in the plain text before it (plain-text.tsx); null: nobody was at it. */
  readonly selected: RefObject<Selected | null>;
  readonly label: string;
  readonly describedBy: string;
  readonly problems: readonly Marked[];
  readonly schema: Readonly<Record<string, unknown>> | null;
  readonly names: KnownNames;
  readonly change: (text: string) => void;
  /** Ctrl or Cmd with S. */
  readonly save: () => void;
  readonly ref?: Ref<EditorHandle>;
}

/** What the editor asks for later than it is made: always the newest. */
type Newest = Pick<EditorProps, 'schema' | 'names' | 'change' | 'save'>;

export function Editor({ initial, selected, label, describedBy, problems, ref, ...rest }: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const newest = useRef<Newest>(rest);
  newest.current = rest;
  // In one with the plain text's going: no key falls between them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a text of its own from then on; another one comes with another key.
  useLayoutEffect(() => {
    const saves = (): boolean => {
      newest.current.save();
      return true;
    };
    const made = new EditorView({
      parent: place.current as HTMLDivElement,
      state: EditorState.create({
        doc: initial,
        extensions: [
          ...EDITING,
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': describedBy, tabindex: '0' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) newest.current.change(update.state.doc.toString());
          }),
          autocompletion({
            override: [
              policyCompletion(
                () => newest.current.schema,
                () => newest.current.names,
              ),
            ],
            icons: false,
          }),
          keymap.of([{ key: 'Mod-s', preventDefault: true, run: saves }]),
          editorLook(),
        ],
      }),
    });
    view.current = made;
    goOn(made, selected.current);
    selected.current = null;
    return () => made.destroy();
  }, []);
  useEffect(() => {
    const here = view.current;
    if (here !== null)
      here.dispatch(
        setDiagnostics(
          here.state,
          problems.map((one) => toDiagnostic(here.state.doc, one)),
        ),
      );
  }, [problems]);
  useImperativeHandle(ref, () => ({
    goTo(line, column) {
      const here = view.current;
      if (here === null) return;
      here.dispatch({ selection: { anchor: offsetOf(here.state.doc, line, column) }, scrollIntoView: true });
      here.focus();
    },
  }));
  return <div ref={place} className="editor" />;
}

/** Whoever was writing already goes on where they were. */
function goOn(view: EditorView, selected: Selected | null): void {
  if (selected === null) return;
  const [anchor, head] = selected.map((at) => Math.min(at, view.state.doc.length)) as [number, number];
  view.dispatch({ selection: { anchor, head }, scrollIntoView: true });
  view.focus();
}

const EDITING: readonly Extension[] = [
  lineNumbers(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  highlightSelectionMatches(),
  history(),
  drawSelection(),
  indentUnit.of('  '),
  EditorState.tabSize.of(2),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  yaml(),
  lintGutter(),
  EditorView.lineWrapping,
  keymap.of([
    ...closeBracketsKeymap,
    ...defaultKeymap,
    ...searchKeymap,
    ...historyKeymap,
    ...completionKeymap,
    ...lintKeymap,
    indentWithTab,
  ]),
];

function offsetOf(doc: Text, line: number, column: number): number {
  const here = doc.line(Math.min(Math.max(1, line), doc.lines));
  return Math.min(here.from + Math.max(0, column - 1), here.to);
}

/** From its place to the end of what stands there: the text may have been changed since it was checked. */
function toDiagnostic(doc: Text, { severity, message, line = 1, column = 1 }: Marked): Diagnostic {
  const from = offsetOf(doc, line, column);
  const here = doc.lineAt(from);
  const rest = doc.sliceString(from, here.to).trimEnd();
  return { from, to: Math.max(from + rest.length, Math.min(from + 1, here.to)), severity, message };
}
