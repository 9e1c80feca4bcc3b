import { Button } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode, SyntheticEvent } from 'react';
import { Card } from './card';
import classes from './section.module.css';

/** Fields that are saved as one, with what is wrong in them; nothing changes before Save. */
export function Section(props: {
  readonly title: string;
  /** what it is about */
  readonly note?: ReactNode;
  /** when a change takes effect */
  readonly effect: ReactNode;
  /** what is wrong with the whole; stands in the place of `effect` */
  readonly problem?: string | undefined;
  readonly isDirty: boolean;
  readonly isBusy: boolean;
  /** false while what is typed can't be saved */
  readonly canSave?: boolean;
  readonly onDiscard: () => void;
  readonly onSave: () => void;
  /** what else can be done, in front of Discard */
  readonly actions?: ReactNode;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}) {
  const { title, note, effect, problem, isDirty, isBusy, onSave } = props;
  const canSave = isDirty && props.canSave !== false;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (canSave && !isBusy) onSave();
  };
  return (
    <Card title={title} className={props.className}>
      <form onSubmit={submit} aria-label={title} noValidate>
        {note !== undefined && <p className={classes.note}>{note}</p>}
        {props.children}
        <div className={classes.foot}>
          {problem === undefined ? (
            <span className={classes.effect}>
              <IconInfoCircle size={15} aria-hidden /> <span>{effect}</span>
            </span>
          ) : (
            <span className={classes.problem} role="alert">
              {problem}
            </span>
          )}
          {props.actions}
          {isDirty && (
            <Button variant="default" size="xs" onClick={props.onDiscard}>
              Discard changes
            </Button>
          )}
          <Button type="submit" size="xs" disabled={!canSave} loading={isBusy}>
            Save changes
          </Button>
        </div>
      </form>
    </Card>
  );
}
