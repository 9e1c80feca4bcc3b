import { NumberInput } from '@mantine/core';
import type { Settings } from '../../../shared/model/settings';
import { Section } from './section';
import classes from './settings-screen.module.css';
import { useDraft } from './use-draft';

const FIELDS = ['sandboxKafkaPort', 'sandboxBucketPort'];

/** Where other clients reach the sandbox. */
export function SandboxSection(props: { readonly saved: Settings }) {
  const draft = useDraft(props.saved);
  const { values, problems, edit } = draft;
  return (
    <Section
      title="Sandbox"
      note="Ports on this computer, for other clients; 0 takes any free one. Saving restarts the sandbox."
      draft={draft}
      fields={FIELDS}
    >
      <div className={classes.fields}>
        <NumberInput
          label="Kafka port"
          value={values.sandboxKafkaPort}
          error={problems['sandboxKafkaPort']}
          allowDecimal={false}
          onChange={(value) => edit({ sandboxKafkaPort: Number(value) })}
        />
        <NumberInput
          label="Bucket port"
          value={values.sandboxBucketPort}
          error={problems['sandboxBucketPort']}
          allowDecimal={false}
          onChange={(value) => edit({ sandboxBucketPort: Number(value) })}
        />
      </div>
    </Section>
  );
}
