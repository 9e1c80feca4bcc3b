import { Anchor, NumberInput, Select, Switch } from '@mantine/core';
import type { Settings } from '../../../shared/model/settings';
import { OpensWith } from '../../components/fingerprint';
import { storageClassName } from '../../format/words';
import { showScreen } from '../../stores/frame';
import { useBucket, useKeys, useLive } from '../../stores/hooks';
import { Section } from './section';
import classes from './settings-screen.module.css';
import { useDraft } from './use-draft';

const FIELDS = ['codec', 'level', 'encrypt', 'storageClass'] as const;
const CODECS = [
  { value: 'zstd', label: 'zstd: small and fast' },
  { value: 'gzip', label: 'gzip: opens everywhere' },
  { value: 'none', label: 'none' },
];
const LEVELS = { zstd: 19, gzip: 9, none: 19 } as const;
/** what the class is for, and how long an object in it is paid for at least: cloud.google.com/storage/docs/storage-classes */
const CLASSES: readonly { readonly value: NonNullable<Settings['storageClass']>; readonly label: string }[] = [
  { value: 'STANDARD', label: 'Standard: read often' },
  { value: 'NEARLINE', label: 'Nearline: read monthly, 30 days at least' },
  { value: 'COLDLINE', label: 'Coldline: read quarterly, 90 days at least' },
  { value: 'ARCHIVE', label: 'Archive: read yearly, 365 days at least' },
];
const OF_BUCKET = 'bucket';

/** How archives are compressed, encrypted and kept. */
export function FormSection(props: { readonly saved: Settings }) {
  const draft = useDraft(props.saved);
  const { values, problems, edit } = draft;
  return (
    <Section title="Form" effect="Takes effect at the next start of archiving." draft={draft} fields={FIELDS}>
      <div className={classes.fields}>
        <Select
          label="Codec"
          data={CODECS}
          value={values.codec}
          error={problems['codec']}
          onChange={(value) => edit({ codec: (value ?? values.codec) as Settings['codec'] })}
        />
        <NumberInput
          label="Level"
          description={values.codec === 'none' ? 'Not compressed' : `1 to ${LEVELS[values.codec]}: fast to small`}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={values.codec === 'none' ? '' : Math.min(values.level, LEVELS[values.codec])}
          error={problems['level']}
          disabled={values.codec === 'none'}
          allowDecimal={false}
          onChange={(value) => edit({ level: Number(value) })}
        />
        <StorageClass draft={draft} />
        <div>
          <Switch
            label="Encrypt archives to the current key"
            description="Without it whoever reads the bucket reads the messages"
            checked={values.encrypt}
            error={problems['encrypt']}
            onChange={(event) => edit({ encrypt: event.currentTarget.checked })}
          />
          {values.encrypt && <CurrentKey />}
        </div>
      </div>
    </Section>
  );
}

function StorageClass(props: { readonly draft: ReturnType<typeof useDraft> }) {
  const { values, problems, edit } = props.draft;
  const place = useLive((snapshot) => snapshot.bucket);
  const bucket = useBucket(({ buckets }) => buckets?.find(({ name }) => name === place) ?? null);
  const ofBucket =
    bucket?.storageClass == null
      ? 'As the bucket says'
      : `As the bucket says: ${storageClassName(bucket.storageClass)}`;
  return (
    <Select
      label="Storage class"
      data={[{ value: OF_BUCKET, label: ofBucket }, ...CLASSES]}
      value={values.storageClass ?? OF_BUCKET}
      error={problems['storageClass']}
      onChange={(value) => edit({ storageClass: CLASSES.find((each) => each.value === value)?.value ?? null })}
    />
  );
}

function CurrentKey() {
  const current = useKeys(({ keys }) => keys?.find((key) => key.current) ?? null);
  return (
    <p className={classes.key}>
      {current !== null && <OpensWith recipients={[current.fingerprint]} opens />}
      <Anchor component="button" type="button" size="sm" onClick={() => showScreen('keys')}>
        Choose or make keys
      </Anchor>
    </p>
  );
}
