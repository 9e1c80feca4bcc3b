import { Section } from '../../../components/section';
import { editBucketSettings } from '../../../stores/bucket-settings';
import classes from './bucket-settings.module.css';
import { ToldSwitch } from './told';
import { useSection, useShownValues } from './use-section';

/** Whether deletions keep what was there. */
export function VersionsSection() {
  const { versioning } = useShownValues();
  return (
    <Section
      title="Versions"
      note="Archives are never overwritten. This is about deletions."
      effect="Takes effect for what is deleted from now on."
      {...useSection('versions')}
    >
      <div className={classes.fields}>
        <ToldSwitch
          label="Keep what is deleted as a noncurrent version"
          description={
            versioning === true
              ? 'Deleting an archive hides it: its bytes stay, can be brought back, and are paid for until the version is deleted, too.'
              : 'Deleting an archive deletes its bytes.'
          }
          value={versioning}
          onChange={(isOn) => editBucketSettings({ versioning: isOn })}
        />
      </div>
    </Section>
  );
}
