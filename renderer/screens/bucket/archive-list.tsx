import { ActionIcon, Button, Kbd, Loader, TextInput, Tooltip } from '@mantine/core';
import { IconBucket, IconFilterOff, IconRefresh, IconSearch, IconZoomScan } from '@tabler/icons-react';
import { NO_FILTER } from '../../../shared/model/catalog';
import { Banner } from '../../components/banner';
import { cx } from '../../components/cx';
import { MessagePanel } from '../../components/message-panel';
import { ago, counted } from '../../format/format';
import { ask, refresh } from '../../stores/bucket';
import { showScreen } from '../../stores/frame';
import { useBucket, useNow } from '../../stores/hooks';
import { attempt } from '../../stores/report';
import { openSearch } from '../../stores/search';
import classes from './archive-list.module.css';
import { ArchiveTable } from './archive-table';
import { MoreFilters } from './more-filters';
import { SelectionBar } from './selection-bar';

/** The objects at the chosen place: filter or selection above, the table below. */
export function ArchiveList(props: { readonly className?: string | undefined }) {
  const shown = useBucket(({ view }) => view?.shown ?? null);
  const objects = useBucket(({ view }) => view?.totals.objects ?? 0);
  const isKnown = useBucket(({ view }) => view?.isWhole === true);
  const hasTicked = useBucket(({ view }) => (view?.ticked.objects ?? 0) > 0);
  // before the first listing has ended nobody knows that it is
  const isEmpty = shown === 0 && (isKnown || objects > 0);
  return (
    <div className={cx(props.className)}>
      {hasTicked ? <SelectionBar /> : <FilterBar />}
      <RefreshFailed />
      {isEmpty ? <Empty isFiltered={objects > 0} /> : <ArchiveTable />}
    </div>
  );
}

/** The rows of before stay; that they may be old is said. */
function RefreshFailed() {
  const error = useBucket((state) => state.error);
  if (error === null) return null;
  return (
    <div className={classes.failed}>
      <Banner
        tone="bad"
        title="The list could not be refreshed."
        actions={
          <Button size="xs" variant="default" onClick={() => attempt(refresh)}>
            Try again
          </Button>
        }
      >
        {error.message}
      </Banner>
    </div>
  );
}

function FilterBar() {
  const { text } = useBucket(({ query }) => query.filter);
  return (
    <div className={classes.bar}>
      <TextInput
        className={classes.filter}
        data-filter
        aria-label="Filter by offset, name, key or codec"
        placeholder="Filter by offset, name, key or codec"
        value={text}
        leftSection={<IconSearch size={16} />}
        rightSection={text === '' ? <Kbd size="xs">/</Kbd> : null}
        spellCheck={false}
        onChange={(event) => ask({ filter: { text: event.currentTarget.value } })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          ask({ filter: { text: '' } });
          event.currentTarget.blur();
        }}
      />
      <MoreFilters />
      <Button
        variant="default"
        size="xs"
        leftSection={<IconZoomScan size={15} />}
        title="Search the messages of all archives (Ctrl+Shift+F)"
        onClick={openSearch}
      >
        Search messages
      </Button>
      <Progress />
    </div>
  );
}

/** How many objects are shown, or came in so far; and when all were listed. */
function Progress() {
  const shown = useBucket(({ view }) => view?.shown ?? null);
  const listed = useBucket(({ view }) => (view === null ? 0 : view.listed));
  const listedAt = useBucket(({ view }) => view?.listedAt ?? null);
  const now = useNow();
  const since =
    listedAt === null
      ? undefined
      : `All of the bucket was listed ${ago(listedAt, now)}. What was deleted or changed its class since then shows after Refresh.`;
  return (
    <>
      <span className={cx(classes.progress, 'figure')} aria-live="polite" title={since}>
        {listed === null ? counted(shown ?? 0, 'object') : `${counted(listed, 'object')} listed`}
      </span>
      {listed === null ? (
        <Tooltip label="Refresh">
          <ActionIcon size={30} aria-label="Refresh" onClick={() => attempt(refresh)}>
            <IconRefresh size={17} />
          </ActionIcon>
        </Tooltip>
      ) : (
        <Loader size={16} mx={7} aria-label="Listing" />
      )}
    </>
  );
}

function Empty(props: { readonly isFiltered: boolean }) {
  return props.isFiltered ? (
    <MessagePanel
      icon={IconFilterOff}
      title="No object fits"
      text="Nothing at this place fits the filter."
      actions={
        <Button variant="default" onClick={() => ask({ place: { kind: 'all' }, filter: NO_FILTER })}>
          Show all objects
        </Button>
      }
    />
  ) : (
    <MessagePanel
      icon={IconBucket}
      title="This bucket is empty"
      text="Archives appear here as they are uploaded: start archiving above, then send some messages."
      actions={
        <Button variant="default" onClick={() => showScreen('send')}>
          Go to Send
        </Button>
      }
    />
  );
}
