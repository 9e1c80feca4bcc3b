import { Button } from '@mantine/core';
import { memo } from 'react';
import { SANDBOX } from '../../../shared/model/connection';
import type { GroupPartitionView } from '../../../shared/model/live';
import { Card } from '../../components/card';
import { Figure } from '../../components/figure';
import { Meter } from '../../components/meter';
import { count, exactRate, rate } from '../../format/format';
import { openConnection } from '../../stores/connection-actions';
import { useLive } from '../../stores/hooks';
import classes from './group-card.module.css';

type Role = 'pipeline' | 'archiver';

const DOES: Readonly<Record<Role, string>> = { pipeline: 'reads live', archiver: 'reads and stores' };

/** One consumer group, or that nobody reads along. */
export function GroupCard(props: { readonly role: Role }) {
  const isAbsent = useLive(({ groups }) => groups[props.role].groupId === null) ?? false;
  return isAbsent ? <NobodyCard /> : <PresentGroup role={props.role} />;
}

/** The pipeline's group is a choice: Kafka is read once without it. */
function NobodyCard() {
  const id = useLive(({ connection }) => connection.id) ?? SANDBOX;
  return (
    <Card className={classes.card}>
      <div className={classes.head}>
        <h2 className={classes.name}>No second group</h2>
      </div>
      <p className={classes.waiting}>
        Nobody reads along with the archiver, so Kafka is read once. A second group, turned on in the connection, shows
        messages here and compares what both saw.
      </p>
      <Button variant="default" size="compact-sm" className={classes.open} onClick={() => openConnection(id)}>
        Open connection
      </Button>
    </Card>
  );
}

/** How many messages a group saw, how fast, and how far behind it is. */
function PresentGroup(props: { readonly role: Role }) {
  const { role } = props;
  const groupId = useLive(({ groups }) => groups[role].groupId) ?? role;
  const isRunning = useLive(({ groups }) => groups[role].running) ?? false;
  const messages = useLive(({ groups }) => groups[role].messages);
  const perSecond = useLive(({ groups }) => groups[role].ratePerSecond);
  const lag = useLive(({ groups }) => groups[role].lag);
  const partitions = useLive(({ groups }) => groups[role].partitions) ?? [];
  const color = `var(--pf-series-${role})`;
  return (
    <Card className={classes.card}>
      <div className={classes.head}>
        <span className={classes.mark} style={{ background: color }} aria-hidden />
        <h2 className={classes.name} title={`Consumer group ${groupId}`}>
          {groupId}
        </h2>
        <span className={classes.does}>{isRunning ? DOES[role] : 'not running'}</span>
        <Figure className={classes.messages} testId={`group-${role}-messages`} exact="Messages seen by this group">
          {count(messages)}
        </Figure>
      </div>
      <div className={classes.rates}>
        <span>
          <b>
            <Figure exact={exactRate(perSecond)}>{rate(perSecond)}</Figure>
          </b>{' '}
          messages/s
        </span>
        <span>
          lag{' '}
          <b>
            <Figure testId={`group-${role}-lag`} exact="Messages this group has not read yet">
              {count(lag)}
            </Figure>
          </b>
        </span>
      </div>
      {partitions.length === 0 ? (
        <p className={classes.waiting}>{isRunning ? 'Waiting for its partitions' : 'Has read nothing yet'}</p>
      ) : (
        <ul className={classes.partitions} aria-label={`Partitions of ${groupId}`}>
          {partitions.map((partition) => (
            <Partition key={partition.partition} view={partition} color={color} />
          ))}
        </ul>
      )}
    </Card>
  );
}

const Partition = memo(function Partition(props: { readonly view: GroupPartitionView; readonly color: string }) {
  const { partition, messages, position, logEnd, lag } = props.view;
  const end = Number(logEnd ?? 0);
  const share = end === 0 ? 0 : Number(position ?? 0) / end;
  const exact = `Partition ${partition}: next offset ${count(position)} of ${count(logEnd)}`;
  return (
    <li className={classes.partition} title={exact}>
      <span className="dim">P{partition}</span>
      <Meter share={share} color={props.color} />
      <Figure>{count(messages)}</Figure>
      <span className="dim figure">lag {count(lag)}</span>
    </li>
  );
});
