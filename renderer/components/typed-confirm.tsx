import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { asPermafrostError } from '../../shared/errors';

/**
 * Asks before what can't be undone: says the loss, wants a word typed, and stays with the reason when it is refused.
 */
export function TypedConfirm(props: {
  readonly children: ReactNode;
  /** what is to be typed */
  readonly word: string;
  /** what the word is, e.g. "the bucket's name" */
  readonly wordIs: string;
  /** what the button does, e.g. "Delete 12 archives" */
  readonly action: string;
  /** false while the loss is not known yet */
  readonly isReady?: boolean;
  readonly onConfirm: (typed: string) => Promise<unknown>;
  readonly onClose: () => void;
}) {
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const isTyped = typed === props.word && props.isReady !== false;

  const confirm = async (): Promise<void> => {
    setBusy(true);
    try {
      await props.onConfirm(typed);
      props.onClose();
    } catch (thrown) {
      setProblem(asPermafrostError(thrown).message);
      setBusy(false);
    }
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isTyped && !isBusy) void confirm();
      }}
    >
      <Stack gap="md">
        {props.children}
        <TextInput
          data-autofocus
          label={
            <>
              Type {props.wordIs}, <Text span inherit ff="monospace" fw={700} children={props.word} />, to go on
            </>
          }
          aria-label={`Type ${props.word} to go on`}
          value={typed}
          error={problem}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button type="submit" color="red" variant="filled" disabled={!isTyped} loading={isBusy}>
            {props.action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
