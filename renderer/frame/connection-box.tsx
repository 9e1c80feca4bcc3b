import { Popover, UnstyledButton } from '@mantine/core';
import { IconPlugConnected, IconSnowflake } from '@tabler/icons-react';
import { useState } from 'react';
import { StateMark } from '../components/state-mark';
import { connectionWord } from '../format/connection-words';
import type { Screen } from '../stores/frame';
import { useFrame, useLive } from '../stores/hooks';
import { ConnectionMenu } from './connection-menu';
import classes from './rail.module.css';

/** Which Kafka and which bucket this is; tells plainly when it is the sandbox. Opens the list of all. */
export function ConnectionBox() {
  const screen = useFrame((state) => state.screen);
  // it goes with the screen that it was opened on
  const [openOn, setOpenOn] = useState<Screen | null>(null);
  const isOpen = openOn === screen;
  const setOpen = (isWanted: boolean): void => setOpenOn(isWanted ? screen : null);
  const isSandbox = useLive(({ connection }) => connection.isSandbox) ?? true;
  const name = useLive(({ connection }) => connection.name) ?? '';
  const state = useLive(({ connection }) => connection.state) ?? 'starting';
  const { word, tone } = connectionWord({ state, isSandbox });
  const label = isSandbox ? 'built-in sandbox on this computer' : name;
  const Icon = isSandbox ? IconSnowflake : IconPlugConnected;
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" width={400} shadow="md" trapFocus>
      <Popover.Target>
        <UnstyledButton
          className={classes.connection}
          aria-label={`Connection: ${label}, ${word.toLowerCase()}`}
          aria-expanded={isOpen}
          title={`${isSandbox ? 'Sandbox' : name}: ${word.toLowerCase()}`}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon className={classes.snowflake} size={22} stroke={1.6} aria-hidden />
          <span className={classes.where}>
            <strong className="ellipsis">{isSandbox ? 'Built-in' : name}</strong>
            {isSandbox && state !== 'failed' ? (
              <small>this computer</small>
            ) : (
              <StateMark tone={tone} word={word} size={14} />
            )}
          </span>
          {isSandbox ? (
            <span className={classes.badge}>Sandbox</span>
          ) : (
            <span className={classes.narrowState}>
              <StateMark tone={tone} word="" size={15} />
            </span>
          )}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <ConnectionMenu onClose={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}
