import { Button, Tooltip } from '@mantine/core';
import { StateMark } from '../../components/state-mark';
import { SANDBOX } from '../../../shared/model/connection';
import { connectionWord } from '../../format/connection-words';
import { retryConnection, switchTo, whyNotUse } from '../../stores/connection-actions';
import { useConnections, useLive } from '../../stores/hooks';
import { isArchiving } from '../../stores/live';
import { attempt } from '../../stores/report';

/** Puts it to use, or says how it is, of the one in use. */
export function UseButton(props: { readonly id: string }) {
  const { id } = props;
  const isInUse = useConnections(({ view }) => view?.active === id);
  const isSwitching = useConnections(({ switchingTo }) => switchingTo !== null);
  const isOn = useLive(({ archiver }) => isArchiving(archiver.state)) ?? false;
  const why = useConnections((state) => whyNotUse(state, id, isOn));
  const state = useLive(({ connection }) => connection.state) ?? 'starting';
  if (isInUse) {
    const { word, tone } = connectionWord({ state, isSandbox: id === SANDBOX });
    return (
      <>
        <StateMark tone={tone} word={`In use, ${word.toLowerCase()}`} />
        {state === 'failed' && (
          <Button variant="default" size="xs" onClick={retryConnection}>
            Try again
          </Button>
        )}
      </>
    );
  }
  return (
    <Tooltip label={why} disabled={why === null}>
      <Button
        variant="default"
        size="xs"
        {...(why === null ? {} : { 'data-disabled': true, 'aria-disabled': true, 'aria-description': why })}
        loading={isSwitching}
        onClick={() => why === null && attempt(() => switchTo(id))}
      >
        Use this connection
      </Button>
    </Tooltip>
  );
}
