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

/** Why the connection in use does not work, and what can be done. */
export function ConnectionDown(props: { readonly className?: string | undefined }) {
  const problem = useLive(({ connection }) => connection.problem);
  const isSandbox = useLive(({ connection }) => connection.isSandbox) ?? true;
  const name = useLive(({ connection }) => connection.name) ?? '';
  const id = useLive(({ connection }) => connection.id) ?? SANDBOX;
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
        text={problem?.message ?? 'Kafka and the bucket are not there.'}
        actions={
          <>
            <Button leftSection={<IconRefresh size={16} />} loading={isRetrying} onClick={() => void retry()}>
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
