import { Popover, Text, UnstyledButton } from '@mantine/core';
import { IconSnowflake } from '@tabler/icons-react';
import { CopyIcon } from '../components/copy';
import { StateMark } from '../components/state-mark';
import { NOTHING } from '../format/format';
import type { StateWord } from '../format/words';
import { useLive } from '../stores/hooks';
import classes from './rail.module.css';

const WORDS: Readonly<Record<'starting' | 'running' | 'failed', StateWord>> = {
  starting: { word: 'Starting', tone: 'busy' },
  running: { word: 'Running', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
};

/** Which Kafka and which bucket this is; tells plainly that it is the sandbox. */
export function ConnectionBox() {
  const state = useLive(({ connection }) => connection.state) ?? 'starting';
  const kafka = useLive(({ connection }) => connection.kafka);
  const bucketEndpoint = useLive(({ connection }) => connection.bucketEndpoint);
  const { word, tone } = WORDS[state];
  return (
    <Popover position="bottom-start" width={400} shadow="md" trapFocus>
      <Popover.Target>
        <UnstyledButton className={classes.connection} aria-label="Connection: built-in sandbox on this computer">
          <IconSnowflake className={classes.snowflake} size={22} stroke={1.6} aria-hidden />
          <span className={classes.where}>
            <strong>Built-in</strong>
            <small>this computer</small>
          </span>
          <span className={classes.badge}>Sandbox</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <StateMark tone={tone} word={word} />
        <Text size="sm" mt={6}>
          A Kafka broker and a bucket that run inside Permafrost, on this computer alone. Other clients can connect to
          them here:
        </Text>
        <dl className={classes.addresses}>
          <Address name="Kafka" value={kafka} />
          <Address name="Bucket" value={bucketEndpoint} />
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
}

function Address(props: { readonly name: string; readonly value: string | null }) {
  return (
    <>
      <dt>{props.name}</dt>
      <dd className="mono ellipsis">{props.value ?? NOTHING}</dd>
      <dd>{props.value !== null && <CopyIcon value={props.value} label={`Copy the address of ${props.name}`} />}</dd>
    </>
  );
}
