import { ActionIcon, Button, Progress } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { JobView } from '../../shared/model/job';
import { cx } from '../components/cx';
import { StateMark } from '../components/state-mark';
import { bytes, count, duration, exactBytes, rate, utcTime } from '../format/format';
import { JOB_WORDS } from '../format/words';
import { request } from '../ipc/client';
import { hasStopped } from '../stores/bucket-deletions';
import { openDialog } from '../stores/frame';
import { useBucketDeletions } from '../stores/hooks';
import { progress, timeLeft } from '../stores/jobs';
import { attempt } from '../stores/report';
import classes from './panel.module.css';

/** Work that goes on beside the screens, and how it ended. */
export function JobsPanel(props: { readonly jobs: readonly JobView[] }) {
  const { jobs } = props;
  const ended = jobs.filter(({ state }) => state !== 'running');
  return (
    <>
      <div className={classes.head}>
        <span>Jobs</span>
        {ended.length > 0 && (
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => attempt(() => Promise.all(ended.map(({ id }) => request('job.dismiss', { id }))))}
          >
            Dismiss all that ended
          </Button>
        )}
      </div>
      {jobs.length === 0 ? (
        <p className={classes.empty}>
          Sending, downloads, restores and deletions run here, beside the screens. Nothing has run since the start.
        </p>
      ) : (
        <ul className={classes.list} aria-label="Jobs">
          {jobs.map((job) => (
            <li key={job.id} className={classes.item}>
              <JobCard job={job} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

export function JobCard(props: { readonly job: JobView }) {
  const { job } = props;
  const { word, tone } = JOB_WORDS[job.state];
  const share = progress(job);
  const isRunning = job.state === 'running';
  return (
    <>
      <div className={classes.line}>
        <span className={cx(classes.name, classes.grow)}>{job.title}</span>
        <StateMark tone={tone} word={word} size={15} title={utcTime(job.endedAt ?? job.startedAt)} />
        {isRunning ? (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Cancel: ${job.title}`}
            onClick={() => attempt(() => request('job.cancel', { id: job.id }))}
          >
            Cancel
          </Button>
        ) : (
          <ActionIcon
            size="sm"
            aria-label={`Dismiss: ${job.title}`}
            onClick={() => attempt(() => request('job.dismiss', { id: job.id }))}
          >
            <IconX size={15} />
          </ActionIcon>
        )}
      </div>
      {isRunning && (
        <Progress
          size={6}
          value={(share ?? 1) * 100}
          animated={share === null}
          striped={share === null}
          aria-label={job.title}
        />
      )}
      <p className={cx(classes.small, 'figure', classes.grow)} title={exactAmount(job)}>
        {isRunning ? runningText(job) : endedText(job)}
      </p>
      <DeleteTheRest job={job} />
      {job.error !== null && job.state === 'failed' && (
        <p className={cx(classes.small, classes.wrong)}>{job.error.message}</p>
      )}
    </>
  );
}

/** A deletion of a bucket that stopped goes on with what is left. */
function DeleteTheRest(props: { readonly job: JobView }) {
  const bucket = useBucketDeletions(({ buckets }) => buckets[props.job.id]);
  if (bucket === undefined || !hasStopped(props.job)) return null;
  return (
    <Button
      size="compact-xs"
      variant="default"
      color="red"
      style={{ alignSelf: 'flex-start' }}
      onClick={() => openDialog({ kind: 'delete-bucket', bucket })}
    >
      Delete the rest…
    </Button>
  );
}

function amount({ unit }: JobView, value: number): string {
  return unit === 'bytes' ? bytes(value) : `${count(value)} ${unit}`;
}

function exactAmount({ unit, done }: JobView): string {
  return unit === 'bytes' ? exactBytes(done) : `${count(done)} ${unit}`;
}

/** "4,200 of 10,000 messages, 12.4 k/s, 3 s left" */
function runningText(job: JobView): string {
  const { done, total, unit, ratePerSecond } = job;
  const of =
    total === null ? amount(job, done) : `${unit === 'bytes' ? bytes(done) : count(done)} of ${amount(job, total)}`;
  const speed =
    ratePerSecond === null ? [] : [unit === 'bytes' ? `${bytes(ratePerSecond)}/s` : `${rate(ratePerSecond)}/s`];
  const left = timeLeft(job);
  return [of, ...speed, ...(left === null ? [] : [`${duration(left)} left`])].join(', ');
}

function endedText(job: JobView): string {
  const took = duration((job.endedAt ?? job.startedAt) - job.startedAt);
  return `${job.result ?? amount(job, job.done)} (${took})`;
}
