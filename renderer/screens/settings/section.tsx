import { Button } from '@mantine/core';
import { IconRestore } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Section as Fields } from '../../components/section';
import { useSettings } from '../../stores/hooks';
import { isSame, type Draft, type SettingName } from './use-draft';

/** A group of settings that is saved as one, with what is wrong in it. */
export function Section(props: {
  readonly title: string;
  /** what it is about */
  readonly note?: ReactNode;
  /** when a change takes effect */
  readonly effect: string;
  readonly draft: Draft;
  /** the settings it shows, each with its own problems */
  readonly fields: readonly SettingName[];
  readonly className?: string | undefined;
  readonly children: ReactNode;
}) {
  const { draft, fields, ...shown } = props;
  return (
    <Fields
      {...shown}
      problem={Object.entries(draft.problems).find(([path]) => !isOf(fields, path))?.[1]}
      isDirty={draft.isDirty}
      isBusy={draft.isBusy}
      onDiscard={draft.discard}
      onSave={draft.save}
      actions={<ToDefaults draft={draft} fields={fields} />}
    />
  );
}

/** Types the defaults in; nothing changes before it is saved. */
function ToDefaults(props: { readonly draft: Draft; readonly fields: readonly SettingName[] }) {
  const { draft, fields } = props;
  const defaults = useSettings(({ info }) => info?.defaultSettings ?? null);
  if (defaults === null || fields.every((field) => isSame(draft.values[field], defaults[field]))) return null;
  return (
    <Button
      variant="subtle"
      color="gray"
      size="xs"
      leftSection={<IconRestore size={14} />}
      onClick={() => draft.edit(Object.fromEntries(fields.map((field) => [field, defaults[field]])))}
    >
      Defaults
    </Button>
  );
}

function isOf(fields: readonly SettingName[], path: string): boolean {
  return fields.some((field) => path === field || path.startsWith(`${field}.`));
}
