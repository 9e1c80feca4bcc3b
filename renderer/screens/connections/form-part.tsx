import { Input } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { cx } from '../../components/cx';
import classes from './connections-screen.module.css';

/** A part of the form under a title, with a sentence that says what it is about. */
export function FormPart(props: { readonly title: string; readonly note?: ReactNode; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section className={classes.part} aria-labelledby={id}>
      <h3 id={id} className={classes.partTitle}>
        {props.title}
      </h3>
      {props.note !== undefined && <p className={classes.note}>{props.note}</p>}
      <div className={classes.fields}>{props.children}</div>
    </section>
  );
}

/** Something that is chosen by a button instead of typed: what it is, what was chosen, what is wrong. */
export function ChosenField(props: {
  readonly label: string;
  readonly description?: string | undefined;
  readonly error: string | undefined;
  readonly path: string;
  readonly isWide?: boolean;
  /** what was chosen */
  readonly children: ReactNode;
  readonly actions: ReactNode;
}) {
  return (
    <Input.Wrapper
      className={cx(classes.chosen, props.isWide === true && classes.wide)}
      label={props.label}
      labelElement="div"
      description={props.description}
      error={props.error}
      errorProps={{ role: 'alert' }}
      size="sm"
      role="group"
      aria-label={props.label}
      data-field={props.path}
    >
      <div className={cx(classes.choice, props.error !== undefined && classes.refused)}>
        <div className={classes.what}>{props.children}</div>
        {props.actions}
      </div>
    </Input.Wrapper>
  );
}
