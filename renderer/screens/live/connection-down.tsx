import { Button } from '@mantine/core';
import { IconPlugConnectedX, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { SANDBOX } from '../../../shared/model/connection';
import { Card } from '../../components/card';
import { MessagePanel } from '../../components/message-panel';
import { request } from '../../ipc/client';
import { openConnection } from '../../stores/connection-actions';
import { showScreen } from '../../stores/frame';
import { useLive } from '../../stores/hooks';
import { reportFailure } from '../../stores/report';

export interface Failure {
  readonly id: string;
  readonly message: string | null;
}

/** Why the connection in use does not work; stays while it is tried again, so that nothing jumps each time. */
export function useFailure(): Failure | null {
  const state = useLive(({ connection }) => connection.state) ?? 'starting';
  const id = useLive(({ connection }) => connection.id) ?? SANDBOX;
  const message = useLive(({ connection }) => connection.problem?.message ?? null);
  const [last, setLast] = useState<Failure | null>(null);
  if (state === 'failed' && (last?.id !== id || last.message !== message)) setLast({ id, message });
  if (last !== null && (state === 'running' || last.id !== id)) setLast(null);
  return state !== 'running' && last?.id === id ? last : null;
}

/** Says it, and what can be done. */
export function ConnectionDown(props: { readonly failure: Failure; readonly className?: string | undefined }) {
  const { id, message } = props.failure;
  const isSandbox = id === SANDBOX;
  const name = useLive(({ connection }) => connection.name) ?? '';
  const isStarting = useLive(({ connection }) => connection.state === 'starting') ?? false;
  const [isRetrying, setRetrying] = useState(false);
  const retry = async (): Promise<void> => {
    setRetrying(true);
    await request('connection.retry').catch(reportFailure);
    setRetrying(false);
  };
  return (
    <Card className={props.className}>
      <MessagePanel
        icon={IconPlugConnectedX}
        isError
        title={isSandbox ? 'The sandbox could not be started' : `${name} could not be connected`}
        text={message ?? 'Kafka and the bucket are not there.'}
        actions={
          <>
            <Button
              leftSection={<IconRefresh size={16} />}
              loading={isRetrying || isStarting}
              onClick={() => void retry()}
            >
              Try again
            </Button>
            <Button variant="default" onClick={() => (isSandbox ? showScreen('settings') : openConnection(id))}>
              {isSandbox ? 'Open settings' : 'Open connection'}
            </Button>
          </>
        }
      />
    </Card>
  );
}
