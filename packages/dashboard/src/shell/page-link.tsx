// A link to a page of the dashboard, drawn as Mantine draws links and typed as the router types its addresses.
import { Anchor, type AnchorProps } from '@mantine/core';
import { createLink, type LinkComponent } from '@tanstack/react-router';
import { type AnchorHTMLAttributes, forwardRef } from 'react';

type Props = Omit<AnchorProps, 'href'> & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps>;

const Plain = forwardRef<HTMLAnchorElement, Props>((props, ref) => <Anchor ref={ref} {...props} />);
const Created = createLink(Plain);

export const PageLink: LinkComponent<typeof Plain> = (props) => <Created {...props} />;
