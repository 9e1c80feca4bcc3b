import { NumberInput, Select, TextInput } from '@mantine/core';
import type { Settings } from '../../../shared/model/settings';
import { utcTime } from '../../format/format';
import { useBucket, useLive } from '../../stores/hooks';
import { isArchiving } from '../../stores/live';
import { Section } from './section';
import classes from './settings-screen.module.css';
import { useDraft, type Draft } from './use-draft';

const FIELDS = ['topic', 'partitions', 'bucket', 'prefix', 'pipelineGroup', 'archiverGroup', 'start'] as const;
const STARTS = [
  { value: 'earliest', label: 'With the earliest message Kafka has' },
  { value: 'latest', label: 'With what is sent from then on' },
  { value: 'time', label: 'At a time' },
];

/** What is archived, and where to. */
export function PlaceSection(props: { readonly saved: Settings }) {
  const draft = useDraft(props.saved);
  const { values, problems, edit } = draft;
  const buckets = useBucket((state) => state.buckets);
  const isOn = useLive(({ archiver }) => isArchiving(archiver.state)) ?? false;
  const text = (name: 'topic' | 'pipelineGroup' | 'archiverGroup' | 'bucket' | 'prefix') => ({
    value: values[name],
    error: problems[name],
    spellCheck: false,
    disabled: isOn && name !== 'pipelineGroup',
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => edit({ [name]: event.currentTarget.value }),
  });
  const isBucketMissing = buckets !== null && !buckets.some(({ name }) => name === values.bucket);
  return (
    <Section
      title="From where to where"
      effect={
        isOn
          ? 'Topic, bucket, prefix and archiver group can change once archiving is stopped.'
          : 'Takes effect at once; the start at the next start of archiving.'
      }
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
          description={isBucketMissing ? 'There is no such bucket: create it in Bucket' : 'Where archives go'}
          {...text('bucket')}
        />
        <TextInput label="Prefix" description="In front of every archive's name; may be empty" {...text('prefix')} />
        <TextInput label="Pipeline group" description="Consumer group that reads live" {...text('pipelineGroup')} />
        <TextInput label="Archiver group" description="Consumer group that stores" {...text('archiverGroup')} />
        <StartFields draft={draft} />
      </div>
    </Section>
  );
}

function StartFields(props: { readonly draft: Draft }) {
  const { values, problems, edit } = props.draft;
  const { start } = values;
  const isTime = start !== 'earliest' && start !== 'latest';
  const choose = (kind: string | null): void => edit({ start: kind === 'time' ? nowToTheMinute() : (kind ?? start) });
  return (
    <>
      <Select
        label="A topic's archive begins"
        description="Once, while nothing of it is in the bucket yet"
        data={STARTS}
        value={isTime ? 'time' : start}
        error={isTime ? undefined : problems['start']}
        onChange={choose}
      />
      {isTime && (
        <TextInput
          type="datetime-local"
          label="Time"
          description={`On this computer's clock; ${utcTime(Date.parse(start))}`}
          value={toLocal(start)}
          error={problems['start']}
          onChange={(event) => edit({ start: toUtc(event.currentTarget.value) })}
        />
      )}
    </>
  );
}

const MINUTE_MS = 60_000;

function nowToTheMinute(): string {
  return new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS).toISOString();
}

/** As an input of this kind takes it: 2026-01-31T12:00 on the local clock. */
function toLocal(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}

/** What is not complete yet stays as it is typed: saving it is refused, in words. */
function toUtc(local: string): string {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? local : date.toISOString();
}
