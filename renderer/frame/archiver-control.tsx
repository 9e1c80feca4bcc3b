import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useState } from 'react';
import { StateMark } from '../components/state-mark';
import { ARCHIVER_WORDS } from '../format/words';
import { useLive } from '../stores/hooks';
import { canPause, isArchiving, toggleArchiving, togglePause } from '../stores/live';
import { reportFailure } from '../stores/report';
import classes from './screen-page.module.css';

/** The one button that matters, with the state beside it in words. */
export function ArchiverControl() {
  const state = useLive(({ archiver }) => archiver.state);
  const reason = useLive(({ archiver }) => archiver.reason);
  const isUp = useLive(({ connection }) => connection.state === 'running') ?? false;
  const [isAsking, setAsking] = useState(false);
  const { word, tone } = ARCHIVER_WORDS[state ?? 'stopped'];
  const isOn = state !== null && isArchiving(state);

  const toggle = async (): Promise<void> => {
    setAsking(true);
    await toggleArchiving().catch(reportFailure);
    setAsking(false);
  };

  return (
    <div className={classes.control}>
      <StateMark tone={tone} word={word} title={reason ?? undefined} testId="live-archiver-state" />
      {state !== null && (state === 'paused' || canPause(state)) && <PauseButton isPaused={state === 'paused'} />}
      <Button
        variant={isOn ? 'default' : 'filled'}
        leftSection={isOn ? <IconPlayerStop size={16} /> : <IconPlayerPlay size={16} />}
        disabled={state === null || state === 'closing' || (!isOn && (isAsking || !isUp))}
        onClick={() => void toggle()}
      >
        {isOn ? 'Stop archiving' : 'Start archiving'}
      </Button>
    </div>
  );
}

function PauseButton(props: { readonly isPaused: boolean }) {
  const label = props.isPaused ? 'Go on archiving' : 'Pause archiving';
  return (
    <Tooltip label={props.isPaused ? label : 'Pause: read nothing more, and keep the place in the group'}>
      <ActionIcon
        variant={props.isPaused ? 'filled' : 'default'}
        size={36}
        aria-label={label}
        onClick={() => void togglePause().catch(reportFailure)}
      >
        {props.isPaused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}
