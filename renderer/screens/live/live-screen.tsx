import { ScreenPage } from '../../frame/screen-page';
import { ChartCard } from './chart-card';
import { ConnectionDown, useFailure } from './connection-down';
import { ExportBanner } from './export-banner';
import { FlowCard } from './flow-card';
import { GroupCard } from './group-card';
import classes from './live-screen.module.css';
import { MessagesCard } from './messages-card';
import { NoTopicBanner } from './no-topic-banner';
import { ProblemsCard } from './problems-card';
import { UploadsCard } from './uploads-card';
import { VerdictCard } from './verdict-card';

export function LiveScreen() {
  const failure = useFailure();
  return (
    <ScreenPage
      title="Live"
      scrolls
      banners={
        <>
          <NoTopicBanner />
          <ExportBanner />
        </>
      }
    >
      <div className={classes.grid}>
        {failure !== null && <ConnectionDown failure={failure} className={classes.wide} />}
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
