// A file is picked or dropped. Nothing leaves the browser by that.
import { Button, Stack, Text } from '@mantine/core';
import { type DragEvent, useRef, useState } from 'react';
import './import.css';

interface Props {
  readonly picked: (file: File) => void;
}

export function PickFile({ picked }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file !== undefined) picked(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button is the one for everybody.
    <div
      className={over ? 'drop-place over' : 'drop-place'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Stack align="center" gap="xs">
        <Button onClick={() => input.current?.click()}>Choose a CSV file</Button>
        <Text size="sm" c="dimmed">
          or drop it here
        </Text>
        <input
          ref={input}
          type="file"
          accept=".csv,.tsv,.txt,text/csv"
          hidden
          aria-label="CSV file"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            // The same file may be chosen again once it is mended.
            event.currentTarget.value = '';
            if (file !== undefined) picked(file);
          }}
        />
      </Stack>
    </div>
  );
}
