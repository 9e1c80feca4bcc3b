import { Button } from '@mantine/core';
import { IconPlugConnected, IconPlus, IconSettings } from '@tabler/icons-react';
import { SANDBOX } from '../../../shared/model/connection';
import { Card } from '../../components/card';
import { MessagePanel } from '../../components/message-panel';
import { SandboxAddresses } from '../../frame/sandbox-addresses';
import { newConnection } from '../../stores/connections';
import { showScreen } from '../../stores/frame';
import { useConnections, useLive } from '../../stores/hooks';
import classes from './connections-screen.module.css';
import { UseButton } from './use-button';

/** What the sandbox is; and what a connection is, while there is none. */
export function SandboxPage() {
  const hasNone = useConnections(({ view }) => view?.connections.length === 0);
  const isInUse = useLive(({ connection }) => connection.isSandbox) ?? true;
  return (
    <div className={classes.pages}>
      <Card className={classes.sandbox}>
        <div className={classes.head}>
          <h2 className={classes.name}>Sandbox</h2>
          <UseButton id={SANDBOX} />
          <Button
            variant="default"
            size="xs"
            leftSection={<IconSettings size={15} />}
            onClick={() => showScreen('settings')}
          >
            Its settings
          </Button>
        </div>
        <div className={classes.sandboxText}>
          <p>
            A Kafka broker and a bucket that run inside Permafrost, on this computer alone: to see how everything works,
            with nothing to install. They speak the real protocols, and keep topics, messages and archives across
            restarts.
          </p>
          {isInUse && <SandboxAddresses />}
        </div>
      </Card>
      {hasNone && (
        <Card className={classes.empty}>
          <MessagePanel
            icon={IconPlugConnected}
            title="Your own Kafka, your own bucket"
            text="A connection says where your Kafka cluster is, how to log in, and which Cloud Storage bucket or folder archives go to. It can be tested step by step before anything is saved."
            actions={
              <Button leftSection={<IconPlus size={16} />} onClick={() => newConnection()}>
                New connection
              </Button>
            }
          />
        </Card>
      )}
    </div>
  );
}
