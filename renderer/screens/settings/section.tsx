import { Button } from '@mantine/core';
import { IconInfoCircle, IconRestore } from '@tabler/icons-react';
import type { SyntheticEvent, ReactNode } from 'react';
import { Card } from '../../components/card';
import { useSettings } from '../../stores/hooks';
import classes from './settings-screen.module.css';
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
  const { title, note, effect, draft, fields, children } = props;
  const problem = Object.entries(draft.problems).find(([path]) => !isOf(fields, path))?.[1];
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (draft.isDirty && !draft.isBusy) draft.save();
  };
  return (
    <Card title={title} className={props.className}>
      <form onSubmit={submit} aria-label={title} noValidate>
        {note !== undefined && <p className={classes.note}>{note}</p>}
        {children}
        <div className={classes.foot}>
          {problem === undefined ? (
            <span className={classes.effect}>
              <IconInfoCircle size={15} aria-hidden /> {effect}
            </span>
          ) : (
            <span className={classes.problem} role="alert">
              {problem}
            </span>
          )}
          <ToDefaults draft={draft} fields={fields} />
          {draft.isDirty && (
            <Button variant="default" size="xs" onClick={draft.discard}>
              Discard changes
            </Button>
          )}
          <Button type="submit" size="xs" disabled={!draft.isDirty} loading={draft.isBusy}>
            Save changes
          </Button>
        </div>
      </form>
    </Card>
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
