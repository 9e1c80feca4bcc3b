import { useMemo } from 'react';
import { Card } from '../../components/card';
import { JobCard } from '../../frame/jobs-panel';
import { ScreenPage } from '../../frame/screen-page';
import { useJobs, useLive, useRestore } from '../../stores/hooks';
import { jobsOfKinds } from '../../stores/jobs';
import { targetOf } from '../../stores/restore';
import { Plan } from './plan';
import { RestoreForm } from './restore-form';
import classes from './restore-screen.module.css';

/** Archives back into Kafka: what, where to, a dry run with its numbers, then go. */
export function RestoreScreen() {
  const archived = useLive(({ topic }) => topic ?? '') ?? '';
  const draft = useRestore((state) => state.draft);
  const all = useJobs(({ jobs }) => jobs);
  const jobs = useMemo(() => jobsOfKinds(all, ['restore']), [all]);
  return (
    <ScreenPage
      title="Restore"
      sentence={`archives of ${draft.topic ?? archived} → topic ${targetOf(draft, archived)}`}
      className={classes.screen}
    >
      <RestoreForm archived={archived} />
      <div className={classes.side}>
        {jobs.length > 0 && (
          <Card title="Restores" className={classes.jobs}>
            <ul aria-label="Restores">
              {jobs.map((job) => (
                <li key={job.id} className={classes.job}>
                  <JobCard job={job} />
                </li>
              ))}
            </ul>
          </Card>
        )}
        <Plan />
      </div>
    </ScreenPage>
  );
}
