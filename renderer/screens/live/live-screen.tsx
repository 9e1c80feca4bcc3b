import { Button } from '@mantine/core';
import { IconPlugConnectedX, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { Card } from '../../components/card';
import { MessagePanel } from '../../components/message-panel';
import { ScreenPage } from '../../frame/screen-page';
import { request } from '../../ipc/client';
import { showScreen } from '../../stores/frame';
import { useLive } from '../../stores/hooks';
import { reportFailure } from '../../stores/report';
import { ChartCard } from './chart-card';
import { ExportBanner } from './export-banner';
import { FlowCard } from './flow-card';
import { GroupCard } from './group-card';
import classes from './live-screen.module.css';
import { MessagesCard } from './messages-card';
import { ProblemsCard } from './problems-card';
import { UploadsCard } from './uploads-card';
import { VerdictCard } from './verdict-card';

export function LiveScreen() {
  const isDown = useLive(({ connection }) => connection.state === 'failed') ?? false;
  return (
    <ScreenPage title="Live" scrolls banners={<ExportBanner />}>
      <div className={classes.grid}>
        {isDown && <SandboxDown />}
        <FlowCard className={classes.wide} />
        <ChartCard />
        <div className={classes.groups}>
          <GroupCard role="pipeline" />
          <GroupCard role="archiver" />
          <VerdictCard />
        </div>
        <UploadsCard className={classes.wide} />
        <MessagesCard className={classes.wide} />
        <ProblemsCard className={classes.wide} />
      </div>
    </ScreenPage>
  );
}

function SandboxDown() {
  const problem = useLive(({ connection }) => connection.problem);
  const [isRetrying, setRetrying] = useState(false);
  const retry = async (): Promise<void> => {
    setRetrying(true);
    await request('connection.retry').catch(reportFailure);
    setRetrying(false);
  };
  return (
    <Card className={classes.wide}>
      <MessagePanel
        icon={IconPlugConnectedX}
        isError
        title="The sandbox could not be started"
        text={problem?.message ?? 'Kafka and the bucket are not there.'}
        actions={
          <>
            <Button leftSection={<IconRefresh size={16} />} loading={isRetrying} onClick={() => void retry()}>
              Try again
            </Button>
            <Button variant="default" onClick={() => showScreen('settings')}>
              Open settings
            </Button>
          </>
        }
      />
    </Card>
  );
}
