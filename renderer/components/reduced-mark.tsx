import { IconFilter } from '@tabler/icons-react';
import { reducedText, type Reduced } from '../format/words';
import classes from './reduced-mark.module.css';

/** Says that something was left out of an archive on purpose; nothing where everything was kept. */
export function ReducedMark(props: { readonly of: Reduced; readonly hasWord?: boolean }) {
  const { of, hasWord } = props;
  if (of.reduction === null) return null;
  return (
    <span className={classes.mark} title={`Reduced. ${reducedText(of)}`}>
      <IconFilter size={13} aria-label={hasWord === true ? undefined : 'Reduced'} aria-hidden={hasWord === true} />
      {hasWord === true && 'reduced'}
    </span>
  );
}
