import { memo } from 'react';
import { cx } from './cx';

/** A figure: tabular digits, its exact value on hover. */
export const Figure = memo(function Figure(props: {
  readonly children: string;
  /** said on hover */
  readonly exact?: string | undefined;
  readonly className?: string | undefined;
  readonly testId?: string | undefined;
}) {
  return (
    <span className={cx('figure', props.className)} title={props.exact} data-testid={props.testId}>
      {props.children}
    </span>
  );
});
