// The fields of one channel of a template, in the language that is chosen. Liquid in all of them.
import { NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import type { Channel, TemplateParts } from '@relance/client';
import { useState } from 'react';

interface Props {
  readonly channel: Channel;
  readonly parts: TemplateParts;
  readonly change: (part: object) => void;
}

export function PartFields({ channel, parts, change }: Props) {
  switch (channel) {
    case 'email':
      return <MailFields mail={parts.email ?? {}} change={change} />;
    case 'push':
      return (
        <Stack gap="sm">
          <Line label="Title" value={parts.push?.title} change={(title) => change({ ...parts.push, title })} />
          <Words label="Body" value={parts.push?.body} change={(body) => change({ ...parts.push, body })} />
        </Stack>
      );
    case 'inbox':
      return <InboxFields item={parts.inbox ?? {}} change={change} />;
    default:
      return <Words label="Text" value={parts[channel]?.text} change={(text) => change({ text })} />;
  }
}

interface FieldProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly description?: string;
  readonly change: (value: string) => void;
}

function Line({ label, value, change, description }: FieldProps) {
  return (
    <TextInput
      label={label}
      {...(description === undefined ? {} : { description })}
      value={value ?? ''}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

function Words({ label, value, change, description }: FieldProps) {
  return (
    <Textarea
      className="source"
      label={label}
      {...(description === undefined ? {} : { description })}
      autosize
      minRows={4}
      maxRows={24}
      spellCheck={false}
      value={value ?? ''}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

type Mail = NonNullable<TemplateParts['email']>;

function MailFields({ mail, change }: { readonly mail: Mail; readonly change: (part: object) => void }) {
  const [written, setWritten] = useState<'mjml' | 'html'>(mail.html === undefined ? 'mjml' : 'html');
  const { mjml, html, ...rest } = mail;
  const source = mjml ?? html ?? '';
  return (
    <Stack gap="sm">
      <Line label="Subject" value={mail.subject} change={(subject) => change({ ...mail, subject })} />
      <NativeSelect
        label="Written in"
        maw={290}
        value={written}
        data={[
          { value: 'mjml', label: 'MJML (fits every mail program)' },
          { value: 'html', label: 'HTML as it is' },
        ]}
        onChange={(event) => {
          const now = event.currentTarget.value === 'html' ? 'html' : 'mjml';
          setWritten(now);
          change({ ...rest, [now]: source });
        }}
      />
      <Words
        label={written === 'mjml' ? 'MJML' : 'HTML'}
        description="Empty: the mail is its text alone, or what is built in where that is empty too."
        value={source}
        change={(value) => change({ ...rest, [written]: value })}
      />
      <Words
        label="Text"
        description="For readers without HTML; where it is empty, made from that."
        value={mail.text}
        change={(text) => change({ ...mail, text })}
      />
    </Stack>
  );
}

type Item = NonNullable<TemplateParts['inbox']>;
const SHOWN_AS = ['feed', 'banner', 'toast', 'modal'] as const;

const withoutUntil = ({ until: _until, ...item }: Item): Item => item;

function InboxFields({ item, change }: { readonly item: Item; readonly change: (part: object) => void }) {
  return (
    <Stack gap="sm">
      <Line label="Title" value={item.title} change={(title) => change({ ...item, title })} />
      <Words label="Body" value={item.body} change={(body) => change({ ...item, body })} />
      <NativeSelect
        label="Shown as"
        maw={200}
        value={item.as ?? ''}
        data={[{ value: '', label: 'As the stage asks' }, ...SHOWN_AS.map((value) => ({ value, label: value }))]}
        onChange={(event) =>
          change({ ...item, as: SHOWN_AS.find((one) => one === event.currentTarget.value) ?? undefined })
        }
      />
      <Line
        label="Shown until"
        description="RFC 3339, or Liquid that gives it, as in {{ data.offer.until }}. Empty: until it is put away."
        value={item.until}
        change={(until) => change(until.trim() === '' ? withoutUntil(item) : { ...item, until })}
      />
    </Stack>
  );
}
