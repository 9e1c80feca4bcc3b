import { IconAlertTriangle, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './banner.module.css';
import { cx } from './cx';

const ICONS = { info: IconInfoCircle, warn: IconAlertTriangle, bad: IconCircleX } as const;

/** For what goes on; stays until it is over. */
export function Banner(props: {
  readonly tone: keyof typeof ICONS;
  readonly title?: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}) {
  const Icon = ICONS[props.tone];
  return (
    <div className={cx(classes.banner, classes[props.tone])} role={props.tone === 'bad' ? 'alert' : 'status'}>
      <Icon size={20} stroke={1.8} aria-hidden />
      <div className={classes.text}>
        {props.title !== undefined && <strong>{props.title} </strong>}
        {props.children}
      </div>
      {props.actions !== undefined && <div className={classes.actions}>{props.actions}</div>}
    </div>
  );
}
