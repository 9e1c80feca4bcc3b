import { Button, NumberInput, TextInput } from '@mantine/core';
import type { Settings } from '../../../shared/model/settings';
import { Card } from '../../components/card';
import { StartFields } from '../../components/start-fields';
import { flowText } from '../../format/words';
import { openConnection } from '../../stores/connection-actions';
import { useBucket, useLive } from '../../stores/hooks';
import { isArchiving } from '../../stores/live';
import { Section } from './section';
import classes from './settings-screen.module.css';
import { useDraft } from './use-draft';

const FIELDS = ['topic', 'partitions', 'bucket', 'prefix', 'pipelineGroup', 'archiverGroup', 'start'] as const;

/** What is archived, and where to: of the sandbox. A connection of the user's own has its own form for these. */
export function PlaceSection(props: { readonly saved: Settings }) {
  const isSandbox = useLive(({ connection }) => connection.isSandbox) ?? true;
  return isSandbox ? <SandboxPlace saved={props.saved} /> : <OwnPlace />;
}

function OwnPlace() {
  const id = useLive(({ connection }) => connection.id) ?? '';
  const name = useLive(({ connection }) => connection.name) ?? '';
  const flow = useLive(flowText) ?? '';
  return (
    <Card title="From where to where">
      <div className={classes.own}>
        <div className={classes.ownText}>
          <p className="mono">{flow}</p>
          <p className="dim">
            {name} is in use: its bucket, prefix, groups and where an archive begins are part of that connection.
          </p>
        </div>
        <Button variant="default" size="xs" onClick={() => openConnection(id)}>
          Open {name}
        </Button>
      </div>
    </Card>
  );
}

function SandboxPlace(props: { readonly saved: Settings }) {
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
        <StartFields start={values.start} problem={problems['start']} onChange={(start) => edit({ start })} />
      </div>
    </Section>
  );
}
