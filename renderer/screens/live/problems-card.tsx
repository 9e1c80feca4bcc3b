import { Button } from '@mantine/core';
import { Card } from '../../components/card';
import { ProblemList } from '../../frame/problems-panel';
import { request } from '../../ipc/client';
import { useLive } from '../../stores/hooks';
import { attempt } from '../../stores/report';
import classes from './live-tables.module.css';

export function ProblemsCard(props: { readonly className?: string | undefined }) {
  const problems = useLive((snapshot) => snapshot.problems) ?? [];
  if (problems.length === 0) return null;
  return (
    <Card
      title="Problems"
      className={props.className}
      actions={
        <Button size="compact-xs" variant="default" onClick={() => attempt(() => request('live.dismissProblems'))}>
          Clear problems
        </Button>
      }
    >
      <div className={classes.problems}>
        <ProblemList problems={problems} />
      </div>
    </Card>
  );
}
