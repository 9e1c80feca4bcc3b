import { Button } from '@mantine/core';
import { Banner } from '../components/banner';
import { showScreen } from '../stores/frame';
import { useLive } from '../stores/hooks';

/** Why archiving is degraded or has failed, on every screen until it is over. */
export function ArchiverBanner() {
  const archiver = useLive((snapshot) => snapshot.archiver);
  if (archiver === null || (archiver.state !== 'degraded' && archiver.state !== 'failed')) return null;
  const isFailed = archiver.state === 'failed';
  return (
    <Banner
      tone={isFailed ? 'bad' : 'warn'}
      title={isFailed ? 'Archiving has failed.' : 'Archiving is degraded.'}
      actions={
        archiver.error?.code === 'STORE_NOT_FOUND' && (
          <Button size="xs" variant="default" onClick={() => showScreen('bucket')}>
            Show buckets
          </Button>
        )
      }
    >
      {archiver.error?.message ?? archiver.reason}
    </Banner>
  );
}
