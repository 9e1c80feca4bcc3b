import { NumberInput } from '@mantine/core';
import type { Settings } from '../../../shared/model/settings';
import { useLive } from '../../stores/hooks';
import { isArchiving } from '../../stores/live';
import { Section } from './section';
import classes from './settings-screen.module.css';
import { useDraft } from './use-draft';

const FIELDS = ['sandboxKafkaPort', 'sandboxBucketPort'] as const;

/** Where other clients reach the sandbox. */
export function SandboxSection(props: { readonly saved: Settings }) {
  const draft = useDraft(props.saved);
  const { values, problems, edit } = draft;
  const isOn = useLive(({ archiver }) => isArchiving(archiver.state)) ?? false;
  const isInUse = useLive(({ connection }) => connection.isSandbox) ?? true;
  return (
    <Section
      title="Sandbox"
      note="Ports on this computer, for other clients; 0 takes any free one."
      effect={
        isOn
          ? 'Ports can change once archiving is stopped.'
          : isInUse
            ? 'Saving restarts the sandbox.'
            : 'Takes effect when the sandbox is used again.'
      }
      className={classes.section}
      draft={draft}
      fields={FIELDS}
    >
      <div className={classes.fields}>
        <NumberInput
          label="Kafka port"
          value={values.sandboxKafkaPort}
          error={problems['sandboxKafkaPort']}
          allowDecimal={false}
          disabled={isOn}
          onChange={(value) => edit({ sandboxKafkaPort: Number(value) })}
        />
        <NumberInput
          label="Bucket port"
          value={values.sandboxBucketPort}
          error={problems['sandboxBucketPort']}
          allowDecimal={false}
          disabled={isOn}
          onChange={(value) => edit({ sandboxBucketPort: Number(value) })}
        />
      </div>
    </Section>
  );
}
