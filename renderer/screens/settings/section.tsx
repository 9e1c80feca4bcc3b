import { Button } from '@mantine/core';
import type { SyntheticEvent, ReactNode } from 'react';
import { Card } from '../../components/card';
import classes from './settings-screen.module.css';
import type { Draft } from './use-draft';

/** A group of settings that is saved as one, with what is wrong in it. */
export function Section(props: {
  readonly title: string;
  /** when it takes effect */
  readonly note: string;
  readonly draft: Draft;
  /** the fields that show their own problem */
  readonly fields: readonly string[];
  readonly children: ReactNode;
}) {
  const { title, note, draft, fields, children } = props;
  const problem = Object.entries(draft.problems).find(([field]) => !fields.includes(field))?.[1];
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (draft.isDirty && !draft.isBusy) draft.save();
  };
  return (
    <Card title={title} className={classes.section}>
      <form onSubmit={submit} aria-label={title}>
        <p className={classes.note}>{note}</p>
        {children}
        <div className={classes.foot}>
          <span className={classes.problem} role={problem === undefined ? undefined : 'alert'}>
            {problem}
          </span>
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
