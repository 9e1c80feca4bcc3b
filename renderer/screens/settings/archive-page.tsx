import type { Settings } from '../../../shared/model/settings';
import { FormSection } from './form-section';
import { PlaceSection } from './place-section';
import { ReductionSection } from './reduction-section';
import { SegmentSection } from './segment-section';
import classes from './settings-screen.module.css';

/** How topics are archived. */
export function ArchivePage(props: { readonly saved: Settings }) {
  const { saved } = props;
  return (
    <div className={classes.columns}>
      <div className={classes.column}>
        <PlaceSection saved={saved} />
        <FormSection saved={saved} />
        <SegmentSection saved={saved} />
      </div>
      <div className={classes.column}>
        <ReductionSection saved={saved} />
      </div>
    </div>
  );
}
