import { NumberInput, Select, Switch, TextInput } from '@mantine/core';
import type { Settings } from '../../../shared/model/settings';
import { useBucket } from '../../stores/hooks';
import { Section } from './section';
import classes from './settings-screen.module.css';
import { useDraft } from './use-draft';

const FIELDS = [
  'topic',
  'partitions',
  'pipelineGroup',
  'archiverGroup',
  'bucket',
  'prefix',
  'codec',
  'level',
  'encrypt',
];
const CODECS = [
  { value: 'zstd', label: 'zstd: small and fast' },
  { value: 'gzip', label: 'gzip: opens everywhere' },
  { value: 'none', label: 'none' },
];

/** What is archived, where to, and how. */
export function ArchiveSection(props: { readonly saved: Settings }) {
  const draft = useDraft(props.saved);
  const { values, problems, edit } = draft;
  const buckets = useBucket((state) => state.buckets);
  const text = (name: 'topic' | 'pipelineGroup' | 'archiverGroup' | 'bucket' | 'prefix') => ({
    value: values[name],
    error: problems[name],
    spellCheck: false,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => edit({ [name]: event.currentTarget.value }),
  });
  return (
    <Section
      title="Archive"
      note="Topic and groups apply at once; bucket, codec and encryption at the next start of archiving."
      draft={draft}
      fields={FIELDS}
    >
      <div className={classes.fields}>
        <TextInput label="Topic" description="Made at the start when it is not there" {...text('topic')} />
        <NumberInput
          label="Partitions"
          description="Of a topic that is made; an existing one keeps its own"
          value={values.partitions}
          error={problems['partitions']}
          allowDecimal={false}
          onChange={(value) => edit({ partitions: Number(value) })}
        />
        <TextInput
          label="Bucket"
          description={
            buckets !== null && !buckets.some(({ name }) => name === values.bucket)
              ? 'There is no such bucket: create it in Bucket'
              : 'Where archives go'
          }
          {...text('bucket')}
        />
        <TextInput label="Prefix" description="In front of every archive's name; may be empty" {...text('prefix')} />
        <TextInput label="Pipeline group" description="Consumer group that reads live" {...text('pipelineGroup')} />
        <TextInput label="Archiver group" description="Consumer group that stores" {...text('archiverGroup')} />
        <Select
          label="Codec"
          data={CODECS}
          value={values.codec}
          error={problems['codec']}
          onChange={(value) => edit({ codec: (value ?? values.codec) as Settings['codec'] })}
        />
        <NumberInput
          label="Level"
          description={values.codec === 'gzip' ? 'gzip: 1 to 9' : 'zstd: 1 to 19'}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={values.level}
          error={problems['level']}
          disabled={values.codec === 'none'}
          allowDecimal={false}
          onChange={(value) => edit({ level: Number(value) })}
        />
        <Switch
          className={classes.wide}
          label="Encrypt archives to the current key"
          description="Without it whoever reads the bucket reads the messages"
          checked={values.encrypt}
          error={problems['encrypt']}
          onChange={(event) => edit({ encrypt: event.currentTarget.checked })}
        />
      </div>
    </Section>
  );
}
