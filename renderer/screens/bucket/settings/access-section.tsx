import { Section } from '../../../components/section';
import { localTime } from '../../../format/format';
import { editBucketSettings } from '../../../stores/bucket-settings';
import { useBucketSettings, useNow } from '../../../stores/hooks';
import classes from './bucket-settings.module.css';
import { ToldSwitch } from './told';
import { useSection, useShownValues } from './use-section';

/** Who may read the bucket, as far as the bucket itself says it. */
export function AccessSection() {
  const { uniformAccess, publicAccess } = useShownValues();
  const saved = useBucketSettings(({ settings }) => settings?.uniformAccess ?? null);
  const now = useNow();
  const isFixed = saved?.enabled === true && saved.lockedAt !== null && saved.lockedAt <= now;
  return (
    <Section
      title="Access"
      note="Who has which rights is set in Google Cloud's IAM."
      effect="Takes effect within about a minute."
      {...useSection('access')}
    >
      <div className={classes.fields}>
        <ToldSwitch
          label="Uniform access"
          description={uniformText(uniformAccess, saved?.lockedAt ?? null, isFixed)}
          value={uniformAccess}
          disabled={isFixed}
          onChange={(isOn) => editBucketSettings({ uniformAccess: isOn })}
        />
        <ToldSwitch
          label="Prevent public access"
          description={
            publicAccess === 'enforced'
              ? 'Nobody without an account reads it, whatever rights are given to everybody.'
              : "As the project's organisation says; else whoever may give rights can open it to everybody."
          }
          value={publicAccess === null ? null : publicAccess === 'enforced'}
          onChange={(isOn) => editBucketSettings({ publicAccess: isOn ? 'enforced' : 'inherited' })}
        />
      </div>
    </Section>
  );
}

function uniformText(isOn: boolean | null, lockedAt: number | null, isFixed: boolean): string {
  if (isOn !== true) return 'Off: besides the rights to the bucket, each object may have rights of its own.';
  const what = 'Rights hold for the whole bucket, never for a single object.';
  if (isFixed) return `${what} It can no longer be turned off.`;
  return lockedAt === null ? what : `${what} It can be turned off until ${localTime(lockedAt)}.`;
}
