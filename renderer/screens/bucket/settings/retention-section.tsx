import { Button, NumberInput, Switch } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { DAY_SECONDS, durationText, type BucketSettings } from '../../../../shared/model/bucket-settings';
import { Section } from '../../../components/section';
import { localTime } from '../../../format/format';
import { editBucketSettings } from '../../../stores/bucket-settings';
import { openDialog } from '../../../stores/frame';
import { useNow } from '../../../stores/hooks';
import classes from './bucket-settings.module.css';
import { useSection, useShownValues } from './use-section';

const USUAL_DAYS = 30;

/** How long nothing can be deleted, whatever rights one has; and whether that can still be changed. */
export function RetentionSection(props: { readonly settings: BucketSettings }) {
  const { name, retention } = props.settings;
  const { retentionDays } = useShownValues();
  const section = useSection('retention');
  const now = useNow();
  const isLocked = retention?.isLocked === true;
  const savedDays = retention === null ? null : retention.periodSeconds / DAY_SECONDS;
  const isShorter = isLocked && typeof retentionDays === 'number' && retentionDays < (savedDays ?? 0);
  return (
    <Section
      title="Retention"
      note="As long as an object is younger than this, nobody can delete or replace it. Archiving goes on: it only adds."
      effect={
        retention === null
          ? 'Holds for what is in the bucket already, too.'
          : `${durationText(retention.periodSeconds)}, in force since ${localTime(retention.effectiveAt)}.`
      }
      {...section}
      canSave={retentionDays !== '' && !isShorter}
      onSave={() => openDialog({ kind: 'change-retention', bucket: name })}
    >
      <div className={classes.fields}>
        <Switch
          label="Keep every object for some time"
          description={
            retentionDays === null ? 'Off: objects can be deleted at any age.' : untilText(retentionDays, now)
          }
          checked={retentionDays !== null}
          disabled={isLocked}
          onChange={(event) =>
            editBucketSettings({ retentionDays: event.currentTarget.checked ? (savedDays ?? USUAL_DAYS) : null })
          }
        />
        {retentionDays !== null && (
          <NumberInput
            label="Period"
            suffix=" days"
            w={200}
            min={0}
            max={36_525}
            decimalScale={5}
            value={retentionDays}
            error={isShorter && `It is locked: ${durationText(retention.periodSeconds)} or more`}
            onChange={(value) => editBucketSettings({ retentionDays: value === '' ? '' : Number(value) })}
          />
        )}
        {retention !== null && (
          <div className={classes.lock}>
            <p>
              <strong>{isLocked ? 'Locked for good' : 'Not locked'}</strong>
              <span className="dim">
                {isLocked
                  ? 'The period can be made longer, never shorter. The bucket can be deleted when all objects in it are old enough.'
                  : 'Whoever may change the bucket can make the period shorter, or remove it.'}
              </span>
            </p>
            {!isLocked && (
              <Button
                variant="default"
                color="red"
                size="xs"
                leftSection={<IconLock size={15} />}
                disabled={section.isDirty}
                title={section.isDirty ? 'Save or discard the period first' : undefined}
                onClick={() => openDialog({ kind: 'lock-retention', bucket: name })}
              >
                Lock for good…
              </Button>
            )}
          </div>
        )}
      </div>
    </Section>
  );
}

/** @param days '' while nothing is typed */
function untilText(days: number | '', now: number): string {
  if (days === '' || days <= 0) return 'For how long?';
  const until = localTime(now + days * DAY_SECONDS * 1_000);
  return `What is uploaded now cannot be deleted before ${until}.`;
}
