import { Button } from '@mantine/core';
import { Banner } from '../../components/banner';
import { showScreen } from '../../stores/frame';
import { useLive } from '../../stores/hooks';

/** A new connection archives nothing before topics are chosen. */
export function NoTopicBanner() {
  const hasNone = useLive(({ topic, moreTopics }) => topic === null && moreTopics === 0) ?? false;
  const isRunning = useLive(({ connection }) => connection.state === 'running') ?? false;
  if (!hasNone || !isRunning) return null;
  return (
    <Banner
      tone="info"
      title="No topic is chosen yet."
      actions={
        <Button size="xs" onClick={() => showScreen('topics')}>
          Choose topics
        </Button>
      }
    >
      Choose those that are to be archived; then archiving can start.
    </Banner>
  );
}
