import { useMemo } from 'react';
import { Card } from '../../components/card';
import { cx } from '../../components/cx';
import { Figure } from '../../components/figure';
import { count, localTimeOfDay, utcTime } from '../../format/format';
import { JobCard } from '../../frame/jobs-panel';
import { useJobs, useSend } from '../../stores/hooks';
import { jobsOfKinds } from '../../stores/jobs';
import classes from './send-screen.module.css';

/** What was sent last, with its partition and offset; and the sending that goes on. */
export function LastSent() {
  const sent = useSend((state) => state.sent);
  const all = useJobs(({ jobs }) => jobs);
  const jobs = useMemo(() => jobsOfKinds(all, ['generate', 'send-file']), [all]);
  return (
    <div className={classes.side}>
      {jobs.length > 0 && (
        <Card title="Sending" className={classes.jobs}>
          <ul aria-label="Sending">
            {jobs.map((job) => (
              <li key={job.id} className={classes.job}>
                <JobCard job={job} />
              </li>
            ))}
          </ul>
        </Card>
      )}
      <Card title="Last sent" className={classes.sent}>
        {sent.length === 0 ? (
          <p className={classes.empty}>
            Messages sent one by one appear here, with the partition and offset that Kafka gave them.
          </p>
        ) : (
          <ul className={classes.list} aria-label="Last sent">
            {sent.map(({ topic, partition, offset, key, at }, index) => (
              <li key={`${at} ${partition} ${offset}`} className={cx(classes.entry, index === 0 && classes.latest)}>
                <Figure>{`Partition ${partition}, offset ${count(offset)}`}</Figure>
                <small title={utcTime(at)} className="figure">
                  {localTimeOfDay(at)}
                </small>
                <small className="ellipsis">
                  {topic}, {key === null ? 'null key' : key === '' ? 'empty key' : `key ${key}`}
                </small>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </div>
  );
}
