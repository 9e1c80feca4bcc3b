import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { cx } from './cx';
import classes from './message-panel.module.css';

/** Fills a place that has nothing to show: says what will be here, or what went wrong, and offers the next step. */
export function MessagePanel(props: {
  readonly icon: Icon;
  readonly title: string;
  readonly text: ReactNode;
  readonly isError?: boolean;
  readonly extra?: ReactNode;
  readonly actions?: ReactNode;
}) {
  const Icon = props.icon;
  return (
    <div
      className={cx(classes.panel, props.isError === true && classes.bad)}
      role={props.isError ? 'alert' : undefined}
    >
      <div className={classes.icon}>
        <Icon size={26} stroke={1.6} aria-hidden />
      </div>
      <h3 className={classes.title}>{props.title}</h3>
      <div className={classes.text}>{props.text}</div>
      {props.extra !== undefined && <div className={classes.extra}>{props.extra}</div>}
      {props.actions !== undefined && <div className={classes.actions}>{props.actions}</div>}
    </div>
  );
}
