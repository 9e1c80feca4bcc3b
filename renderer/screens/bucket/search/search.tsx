import { Button, TextInput } from '@mantine/core';
import { IconArrowLeft, IconPlayerStop, IconSearch, IconZoomScan } from '@tabler/icons-react';
import { useEffect, type KeyboardEvent, type SyntheticEvent } from 'react';
import { MAX_HITS } from '../../../../shared/model/search';
import { Banner } from '../../../components/banner';
import { Card } from '../../../components/card';
import { MessagePanel } from '../../../components/message-panel';
import { bytes, byteRate, count, counted, duration } from '../../../format/format';
import { isWrongPlace } from '../../../format/record-draft';
import { useLive, useSearch } from '../../../stores/hooks';
import { jobsStore } from '../../../stores/jobs';
import { attempt } from '../../../stores/report';
import {
  closeSearch,
  editSearch,
  followSearch,
  startSearch,
  stopSearch,
  type SearchDraft,
  type SearchState,
} from '../../../stores/search';
import { Hits } from './hits';
import classes from './search.module.css';

/** Looks through all archives of a topic; Escape stops it, and closes it when it has ended. */
export function Search() {
  const jobId = useSearch((state) => state.jobId);
  const error = useSearch((state) => state.error);
  const view = useSearch((state) => state.view);
  const hasHits = useSearch(({ hits }) => hits.length > 0);
  useEffect(() => {
    if (jobId !== null) attempt(() => followSearch(jobId, () => isRunning(jobId)));
  }, [jobId]);
  const isBusy = jobId !== null && (view === null || view.end === null) && isRunning(jobId);

  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    if (isBusy) attempt(stopSearch);
    else closeSearch();
  };

  return (
    <Card className={classes.card}>
      <div className={classes.page} onKeyDown={onKey}>
        <Form isBusy={isBusy} />
        {error !== null && <Banner tone="bad">{error.message}</Banner>}
        <Failed />
        <div className={classes.results}>{hasHits ? <Hits /> : <NothingFound isBusy={isBusy} />}</div>
        <Status />
      </div>
    </Card>
  );
}

function isRunning(jobId: string): boolean {
  const job = jobsStore.getState().jobs.find(({ id }) => id === jobId);
  return job === undefined || job.state === 'running';
}

function Form(props: { readonly isBusy: boolean }) {
  const draft = useSearch((state) => state.draft);
  const archived = useLive(({ topic }) => topic ?? '') ?? '';
  const topic = draft.topic === '' ? archived : draft.topic;
  const isWrong = isWrongPlace(draft.from) || isWrongPlace(draft.until) || !/^\d*$/.test(draft.partition);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (isWrong || topic === '') return;
    editSearch({ topic });
    attempt(startSearch);
  };
  const field = (name: keyof SearchDraft, label: string, placeholder: string, error = false) => (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={draft[name]}
      error={error}
      spellCheck={false}
      {...(name === 'text' ? { autoFocus: true, 'data-filter': true } : {})}
      onChange={(event) => editSearch({ [name]: event.currentTarget.value })}
    />
  );
  return (
    <form className={classes.form} onSubmit={submit} role="search" aria-label="Search the archives">
      {field('topic', 'Topic', archived)}
      {field('partition', 'Partition', 'All', !/^\d*$/.test(draft.partition))}
      {field('from', 'From offset or time', 'The first', isWrongPlace(draft.from))}
      {field('until', 'Until offset or time', 'The last', isWrongPlace(draft.until))}
      {field('key', 'Key', 'Any; bus* begins so')}
      {field('text', 'Text in the value', 'Any')}
      {field('condition', 'Field', 'Such as SPEED>=12')}
      <div className={classes.buttons}>
        <Button variant="default" leftSection={<IconArrowLeft size={16} />} onClick={closeSearch}>
          List
        </Button>
        {props.isBusy ? (
          <Button variant="default" leftSection={<IconPlayerStop size={16} />} onClick={() => attempt(stopSearch)}>
            Stop
          </Button>
        ) : (
          <Button type="submit" leftSection={<IconSearch size={16} />}>
            Search
          </Button>
        )}
      </div>
    </form>
  );
}

function Failed() {
  const failures = useSearch(({ view }) => view?.failures ?? NONE);
  if (failures.length === 0) return null;
  return (
    <Banner tone="warn" title={`${counted(failures.length, 'archive')} could not be searched.`}>
      {failures.slice(0, 3).join(' ')}
    </Banner>
  );
}

const NONE: readonly string[] = [];

function NothingFound(props: { readonly isBusy: boolean }) {
  const hasEnded = useSearch(({ view }) => view !== null && view.end !== null);
  return (
    <MessagePanel
      icon={IconZoomScan}
      title={props.isBusy ? 'Nothing found so far' : hasEnded ? 'Nothing was found' : 'Search all archives of a topic'}
      text={
        hasEnded
          ? 'No message of these archives fits. A longer range of time, or another text, may find more.'
          : 'By key, text, a field, time and offset. Only blocks that may hold some are read, and what is found shows while it goes on.'
      }
    />
  );
}

/** How much was read, and at what rate. */
function Status() {
  const view = useSearch((state) => state.view);
  if (view === null) return null;
  return (
    <p className={classes.status} aria-live="polite">
      <span className="figure">{statusText(view)}</span>
    </p>
  );
}

function statusText(view: NonNullable<SearchState['view']>): string {
  const { found, archives, archivesDone, archivesSkipped, bytesRead, storedBytes, encodedBytes, tookMs, end } = view;
  const state = end === null ? 'Searching: ' : end === 'cancelled' ? 'Stopped: ' : '';
  const limit = end === 'limit' ? `, the first ${count(MAX_HITS)} are shown` : '';
  const skipped =
    archivesSkipped === null || archivesSkipped === 0 ? '' : `, ${count(archivesSkipped)} hold nothing of the range`;
  const took = tookMs < 1_000 ? 'less than a second' : duration(tookMs);
  return `${state}${count(found)} found${limit} in ${count(archivesDone)} of ${counted(archives, 'archive')}${skipped}; ${bytes(bytesRead)} read of archives of ${bytes(storedBytes)}, in ${took}, ${byteRate((encodedBytes / Math.max(1, tookMs)) * 1_000)} of messages looked through`;
}
