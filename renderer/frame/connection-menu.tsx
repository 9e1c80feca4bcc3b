import { Button, UnstyledButton } from '@mantine/core';
import { IconCircle, IconCircleDotFilled } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { SANDBOX, type ConnectionView } from '../../shared/model/connection';
import { StateMark } from '../components/state-mark';
import { connectionText, connectionWord, missingSecrets, secretsText } from '../format/connection-words';
import { openConnection, retryConnection, switchTo } from '../stores/connection-actions';
import { useConnections, useLive } from '../stores/hooks';
import { isArchiving } from '../stores/live';
import { attempt } from '../stores/report';
import classes from './connection-menu.module.css';
import { SandboxAddresses } from './sandbox-addresses';

const NONE: readonly ConnectionView[] = [];

/** How the connection in use is, and all others to switch to. */
export function ConnectionMenu(props: { readonly onClose: () => void }) {
  const active = useLive(({ connection }) => connection.id) ?? SANDBOX;
  const saved = useConnections(({ view }) => view?.connections ?? NONE);
  const isOn = useLive(({ archiver }) => isArchiving(archiver.state)) ?? false;
  const use = (id: string): void => {
    if (id === active || isOn) return;
    props.onClose();
    attempt(() => switchTo(id));
  };
  const manage = (): void => {
    props.onClose();
    openConnection(active);
  };
  return (
    <>
      <InUse />
      <div className={classes.list} role="radiogroup" aria-label="Connection in use" onKeyDown={moveWithArrows}>
        <Choice
          name="Sandbox"
          text="Built in, on this computer alone"
          isActive={active === SANDBOX}
          isDisabled={isOn}
          onUse={() => use(SANDBOX)}
        />
        {saved.map((view) => {
          const { id, name } = view.connection;
          const missing = missingSecrets(view);
          const text = missing.length === 0 ? connectionText(view.connection) : `Needs ${secretsText(missing)} first`;
          const open = (): void => {
            props.onClose();
            openConnection(id);
          };
          return (
            <Choice
              key={id}
              name={name}
              text={text}
              isActive={active === id}
              isDisabled={isOn}
              onUse={() => (missing.length === 0 || id === active ? use(id) : open())}
            />
          );
        })}
      </div>
      <div className={classes.foot}>
        <span className="dim">{isOn && 'Stop archiving to switch.'}</span>
        <Button variant="default" size="xs" onClick={manage}>
          Manage connections
        </Button>
      </div>
    </>
  );
}

function InUse() {
  const isSandbox = useLive(({ connection }) => connection.isSandbox) ?? true;
  const state = useLive(({ connection }) => connection.state) ?? 'starting';
  const name = useLive(({ connection }) => connection.name) ?? '';
  const problem = useLive(({ connection }) => connection.problem?.message ?? null);
  return (
    <div className={classes.inUse}>
      <div className={classes.line}>
        <strong className="ellipsis">{isSandbox ? 'Sandbox' : name}</strong>
        <StateMark {...connectionWord({ state, isSandbox })} />
      </div>
      {state === 'failed' && (
        <>
          <p className={classes.problem}>{problem ?? 'Nothing is known about why.'}</p>
          <Button variant="default" size="xs" onClick={retryConnection}>
            Try again
          </Button>
        </>
      )}
      {isSandbox && state !== 'failed' && (
        <>
          <p>A Kafka broker and a bucket that run inside Permafrost, on this computer alone.</p>
          <SandboxAddresses />
        </>
      )}
    </div>
  );
}

function Choice(props: {
  readonly name: string;
  readonly text: string;
  readonly isActive: boolean;
  readonly isDisabled: boolean;
  readonly onUse: () => void;
}) {
  const { name, text, isActive, isDisabled } = props;
  const Icon = isActive ? IconCircleDotFilled : IconCircle;
  return (
    <UnstyledButton
      className={classes.choice}
      role="radio"
      {...(isActive ? { 'data-autofocus': true } : {})}
      aria-checked={isActive}
      aria-disabled={isDisabled && !isActive}
      title={isDisabled && !isActive ? 'Archiving is running. Stop archiving, then switch.' : undefined}
      onClick={props.onUse}
    >
      <Icon size={17} stroke={1.7} aria-hidden />
      <span className={classes.text}>
        <strong className="ellipsis">{name}</strong>
        <small className="ellipsis" title={text}>
          {text}
        </small>
      </span>
    </UnstyledButton>
  );
}

function moveWithArrows(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const choices = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="radio"]')];
  const at = choices.findIndex((choice) => choice === document.activeElement);
  choices[(at + step + choices.length) % choices.length]?.focus();
}
