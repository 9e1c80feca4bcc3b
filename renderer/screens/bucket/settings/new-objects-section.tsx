import { Select } from '@mantine/core';
import { minimumDays, STORAGE_CLASSES, type StorageClass } from '../../../../shared/model/storage-class';
import { Section } from '../../../components/section';
import { storageClassName } from '../../../format/words';
import { editBucketSettings } from '../../../stores/bucket-settings';
import { useBucketSettings, useSettings } from '../../../stores/hooks';
import classes from './bucket-settings.module.css';
import { useSection, useShownValues } from './use-section';

/** The class that an object takes when its writer names none. */
export function NewObjectsSection() {
  const { storageClass } = useShownValues();
  const section = useSection('newObjects');
  const saved = useBucketSettings(({ settings }) => settings?.storageClass ?? null);
  const written = useSettings(({ settings }) => settings?.storageClass ?? null);
  return (
    <Section
      title="Class of new objects"
      note="What is in the bucket already keeps its class. A lifecycle rule moves it."
      effect={
        written === null
          ? 'Takes effect for every archive that comes from now on.'
          : `Archives are written as ${storageClassName(written)}, as Settings says, whatever stands here.`
      }
      {...section}
    >
      <div className={classes.fields}>
        <Select
          label="Default storage class"
          data={[...STORAGE_CLASSES.map((value) => ({ value, label: labelOf(value) })), ...otherClass(saved)]}
          value={storageClass}
          onChange={(value) => {
            const chosen = STORAGE_CLASSES.find((each) => each === value);
            if (chosen !== undefined) editBucketSettings({ storageClass: chosen });
          }}
        />
      </div>
    </Section>
  );
}

function labelOf(storageClass: StorageClass): string {
  const days = minimumDays(storageClass);
  return `${storageClassName(storageClass)}: ${days === 0 ? 'no minimum duration' : `paid for ${days} days at least`}`;
}

/** Cloud Storage has older classes, which are shown and not offered. */
function otherClass(saved: string | null) {
  const isOther = saved !== null && !STORAGE_CLASSES.some((each) => each === saved);
  return isOther ? [{ value: saved, label: saved, disabled: true }] : [];
}
