import { Button } from '@mantine/core';
import type { ProblemView } from '../../shared/model/live';
import { cx } from '../components/cx';
import { ago, count, utcTime } from '../format/format';
import { PROBLEM_SOURCES } from '../format/words';
import { request } from '../ipc/client';
import { useNow } from '../stores/hooks';
import { attempt } from '../stores/report';
import classes from './panel.module.css';

export function ProblemsPanel(props: { readonly problems: readonly ProblemView[] }) {
  const { problems } = props;
  return (
    <>
      <div className={classes.head}>
        <span>Problems</span>
        {problems.length > 0 && (
          <Button size="compact-xs" variant="subtle" onClick={() => attempt(() => request('live.dismissProblems'))}>
            Clear problems
          </Button>
        )}
      </div>
      {problems.length === 0 ? (
        <p className={classes.empty}>Nothing has gone wrong.</p>
      ) : (
        <ProblemList problems={problems} />
      )}
    </>
  );
}

export function ProblemList(props: { readonly problems: readonly ProblemView[] }) {
  const now = useNow();
  return (
    <ul className={classes.list} aria-label="Problems">
      {props.problems.map((problem) => (
        <li key={`${problem.at} ${problem.error.message}`} className={classes.item}>
          <div className={classes.line}>
            <span className={cx(classes.name, classes.wrong, classes.grow)}>
              {PROBLEM_SOURCES[problem.source]}
              {problem.count > 1 && `, ${count(problem.count)} times`}
            </span>
            <span className={cx(classes.small, 'figure')} title={utcTime(problem.at)}>
              {ago(problem.at, now)}
            </span>
          </div>
          <p>{problem.error.message}</p>
        </li>
      ))}
    </ul>
  );
}
