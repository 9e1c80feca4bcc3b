import type { ReactNode } from 'react';
import classes from './card.module.css';
import { cx } from './cx';

/** A part of a screen with a border around it, named by its title. */
export function Card(props: {
  readonly title?: string;
  readonly actions?: ReactNode;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <section className={cx(classes.card, props.className)} aria-label={props.title}>
      {props.title !== undefined && (
        <div className={classes.head}>
          <h2 className={classes.title}>{props.title}</h2>
          {props.actions}
        </div>
      )}
      {props.children}
    </section>
  );
}
