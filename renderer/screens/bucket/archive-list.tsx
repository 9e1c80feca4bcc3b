import { ActionIcon, Button, Kbd, Loader, TextInput, Tooltip } from '@mantine/core';
import { IconBucket, IconFilterOff, IconRefresh, IconSearch, IconZoomScan } from '@tabler/icons-react';
import { useMemo } from 'react';
import { Banner } from '../../components/banner';
import { cx } from '../../components/cx';
import { MessagePanel } from '../../components/message-panel';
import { counted } from '../../format/format';
import { bucketStore, refresh } from '../../stores/bucket';
import { isAt, matches, sorted } from '../../stores/bucket-rows';
import { showScreen } from '../../stores/frame';
import { useBucket } from '../../stores/hooks';
import { attempt } from '../../stores/report';
import { openSearch } from '../../stores/search';
import classes from './archive-list.module.css';
import { ArchiveTable } from './archive-table';
import { SelectionBar } from './selection-bar';

/** The objects at the chosen place: filter or selection above, the table below. */
export function ArchiveList(props: { readonly className?: string | undefined }) {
  const rows = useBucket((state) => state.rows);
  const place = useBucket((state) => state.place);
  const filter = useBucket((state) => state.filter);
  const sort = useBucket((state) => state.sort);
  const hasTicked = useBucket(({ selection }) => selection.ticked.size > 0);
  const shown = useMemo(
    () =>
      sorted(
        (rows ?? []).filter((row) => isAt(row, place) && matches(row, filter)),
        sort,
      ),
    [rows, place, filter, sort],
  );
  return (
    <div className={cx(props.className)}>
      {hasTicked ? <SelectionBar /> : <FilterBar shown={shown.length} />}
      <RefreshFailed />
      {rows !== null && shown.length === 0 ? <Empty isFiltered={rows.length > 0} /> : <ArchiveTable rows={shown} />}
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

function FilterBar(props: { readonly shown: number }) {
  const filter = useBucket((state) => state.filter);
  const listed = useBucket((state) => state.listed);
  return (
    <div className={classes.bar}>
      <TextInput
        className={classes.filter}
        data-filter
        aria-label="Filter by offset, key fingerprint or time"
        placeholder="Filter by offset, key fingerprint or time"
        value={filter}
        leftSection={<IconSearch size={16} />}
        rightSection={filter === '' ? <Kbd size="xs">/</Kbd> : null}
        spellCheck={false}
        onChange={(event) => bucketStore.setState({ filter: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          bucketStore.setState({ filter: '' });
          event.currentTarget.blur();
        }}
      />
      <Button
        variant="default"
        size="xs"
        leftSection={<IconZoomScan size={15} />}
        title="Search the messages of all archives (Ctrl+Shift+F)"
        onClick={openSearch}
      >
        Search messages
      </Button>
      <span className={cx(classes.progress, 'figure')} aria-live="polite">
        {listed === null ? counted(props.shown, 'object') : `${counted(listed, 'object')} listed`}
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
    </div>
  );
}

function Empty(props: { readonly isFiltered: boolean }) {
  return props.isFiltered ? (
    <MessagePanel
      icon={IconFilterOff}
      title="No object fits"
      text="Nothing at this place fits the filter."
      actions={
        <Button variant="default" onClick={() => bucketStore.setState({ filter: '', place: { kind: 'all' } })}>
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
