import { Button, Skeleton } from '@mantine/core';
import { IconLock, IconPlugConnectedX, IconRefresh, IconStack2 } from '@tabler/icons-react';
import { useEffect } from 'react';
import { Card } from '../../components/card';
import { MessagePanel } from '../../components/message-panel';
import { count, counted } from '../../format/format';
import { ScreenPage } from '../../frame/screen-page';
import { useLive, useTopics } from '../../stores/hooks';
import { isArchiving } from '../../stores/live';
import { beginTopics, canRefresh, loadTopics, topicsStore } from '../../stores/topics';
import { FilterBar } from './filter-bar';
import { PatternBar } from './pattern-bar';
import { SaveBar } from './save-bar';
import { TopicDetails } from './topic-details';
import { TopicTable } from './topic-table';
import classes from './topics-screen.module.css';
import { TroubleBanners } from './trouble-banners';
import { useTopicLines, type TopicLines } from './use-topic-lines';

const REFRESH_EVERY_MS = 15_000;

/** The topics of the cluster: which are archived, how far, and whether Kafka keeps them long enough. */
export function TopicsScreen() {
  const isUp = useKeptFresh();
  const topics = useTopicLines();
  const error = useTopics((state) => state.error);
  const isEmpty = topics?.lines.length === 0;
  return (
    <ScreenPage
      title="Topics"
      sentence={topics === null ? '' : sentenceOf(topics)}
      banners={topics !== null && <TroubleBanners lines={topics.lines} />}
      className={classes.screen}
    >
      <Card className={classes.card}>
        {topics === null ? (
          error === null ? (
            <Waiting isUp={isUp} />
          ) : (
            <CannotList />
          )
        ) : isEmpty ? (
          <NoTopic />
        ) : (
          <Listed topics={topics} />
        )}
      </Card>
    </ScreenPage>
  );
}

function Listed(props: { readonly topics: TopicLines }) {
  const { lines, shown, change, own } = props.topics;
  return (
    <>
      <PatternBar />
      <FilterBar lines={lines} />
      <TopicTable lines={shown} hasWatch={own === null} isNothingChosen={!lines.some(isWanted)} />
      <TopicDetails lines={lines} />
      <SaveBar change={change} own={own} />
    </>
  );
}

/** Asks at once, then every 15 s while nothing is being chosen, and when archiving begins or ends. @returns whether Kafka is there */
function useKeptFresh(): boolean {
  const connection = useLive((live) => live.connection.id);
  const isUp = useLive((live) => live.connection.state === 'running') ?? false;
  const isOn = useLive(({ archiver }) => isArchiving(archiver.state));
  useEffect(() => {
    if (connection === null || !isUp) return undefined;
    beginTopics(connection);
    const refresh = (): void => {
      if (canRefresh(topicsStore.getState())) void loadTopics(false);
    };
    refresh();
    const timer = setInterval(refresh, REFRESH_EVERY_MS);
    return () => clearInterval(timer);
  }, [connection, isUp, isOn]);
  return isUp;
}

function sentenceOf({ lines }: TopicLines): string {
  const listed = lines.filter(({ topic, isSaved }) => topic !== null && (isSaved || !topic.isInternal));
  const chosen = listed.filter(({ isSaved }) => isSaved).length;
  return `${count(chosen)} of ${counted(listed.length, 'topic')} ${chosen === 1 ? 'is' : 'are'} archived`;
}

function isWanted({ chosen, isSaved }: TopicLines['lines'][number]): boolean {
  return chosen !== null || isSaved;
}

function Waiting(props: { readonly isUp: boolean }) {
  return (
    <div className={classes.waiting} aria-label={props.isUp ? 'Asking Kafka' : 'Waiting for Kafka'}>
      {Array.from({ length: 9 }, (_, index) => (
        <Skeleton key={index} height={14} />
      ))}
    </div>
  );
}

function CannotList() {
  const error = useTopics((state) => state.error);
  const isDenied = error?.code === 'KAFKA_DENIED';
  return (
    <MessagePanel
      icon={isDenied ? IconLock : IconPlugConnectedX}
      isError
      title={isDenied ? 'Kafka does not let this user list topics' : 'The topics cannot be listed'}
      text={error?.message}
      actions={<AskAgain word="Try again" />}
    />
  );
}

function NoTopic() {
  return (
    <MessagePanel
      icon={IconStack2}
      title="This user sees no topic"
      text="Either the cluster has none, or this user lacks the right Describe on them: Kafka names only topics that a user may describe. To archive a topic, its user needs Describe, DescribeConfigs and Read on it, and Read on the archiver's group."
      actions={<AskAgain word="Look again" />}
    />
  );
}

function AskAgain(props: { readonly word: string }) {
  const isAsking = useTopics((state) => state.isAsking);
  return (
    <Button leftSection={<IconRefresh size={16} />} loading={isAsking} onClick={() => void loadTopics()}>
      {props.word}
    </Button>
  );
}
