// A mail in a frame that runs nothing and belongs to no origin. Its HTML comes from the server under a policy of its own: what is written
// into this page would have this page's, which lets no style of a mail in.
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef } from 'react';

const FRAME_PX = 560;
export const WIDTHS = { desktop: 680, phone: 375 } as const;
export type Width = keyof typeof WIDTHS;

interface Props {
  readonly id: string;
  readonly subject: string;
  /** The body of a preview, as JSON: each other one is shown in a frame of its own, so that none stays in the history. */
  readonly preview: string;
  readonly width: Width;
  readonly dark: boolean;
}

export function MailFrame(props: Props) {
  return <Frame key={`${props.preview} ${props.dark}`} {...props} />;
}

function Frame({ id, subject, preview, width, dark }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const room = useElementSize<HTMLElement>();
  useEffect(() => form.current?.submit(), []);
  // Shown whole where there is less room than a reader has: smaller, and not cut off.
  const scale = room.width === 0 ? 1 : Math.min(1, room.width / WIDTHS[width]);
  return (
    <>
      <form
        ref={form}
        method="post"
        target="template-preview"
        action={`/v1/templates/${encodeURIComponent(id)}/preview/html?colors=${dark ? 'dark' : 'light'}`}
        hidden
      >
        <input type="hidden" name="preview" value={preview} readOnly />
      </form>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys. */}
      <section ref={room.ref} className="frame-room" aria-label="The mail" tabIndex={0}>
        <iframe
          name="template-preview"
          className={dark ? 'dark' : 'light'}
          title={`The mail "${subject}"`}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          referrerPolicy="no-referrer"
          width={WIDTHS[width]}
          height={FRAME_PX / scale}
          style={{ zoom: scale }}
        />
      </section>
    </>
  );
}
