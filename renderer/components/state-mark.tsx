import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconLoader2,
  type Icon,
} from '@tabler/icons-react';
import type { Tone } from '../format/words';
import { cx } from './cx';
import classes from './state-mark.module.css';

const ICONS: Readonly<Record<Tone, Icon>> = {
  good: IconCircleCheck,
  busy: IconLoader2,
  warn: IconAlertTriangle,
  bad: IconCircleX,
  idle: IconCircleDashed,
};

/** A state as colour, icon and word together. */
export function StateMark(props: {
  readonly tone: Tone;
  readonly word: string;
  readonly size?: number;
  readonly title?: string | undefined;
  readonly testId?: string;
}) {
  const Icon = ICONS[props.tone];
  return (
    <span className={cx(classes.mark, classes[props.tone])} title={props.title} data-testid={props.testId}>
      <Icon size={props.size ?? 16} stroke={2} aria-hidden />
      {props.word}
    </span>
  );
}
