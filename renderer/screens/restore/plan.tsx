import { Button, Table } from '@mantine/core';
import { IconDatabaseImport } from '@tabler/icons-react';
import { useState } from 'react';
import { asPermafrostError } from '../../../shared/errors';
import type { PlannedPartitionView, RestorePlanView } from '../../../shared/model/restore';
import { Banner } from '../../components/banner';
import { Card } from '../../components/card';
import { bytes, count, counted, exactBytes, NOTHING } from '../../format/format';
import { request } from '../../ipc/client';
import { useRestore } from '../../stores/hooks';
import { restoreStore } from '../../stores/restore';
import classes from './restore-screen.module.css';

/** The dry run's answer, and the last step. */
export function Plan() {
  const planned = useRestore((state) => state.planned);
  const isAsking = useRestore((state) => state.isAsking);
  if (planned === null) {
    return (
      <Card title="Dry run" className={classes.plan}>
        <p className={classes.empty}>
          The dry run shows here what would be written to which partition, and what stands against it. Restoring is the
          step behind it.
        </p>
      </Card>
    );
  }
  const { plan } = planned;
  const { target } = plan;
  return (
    <Card title="Dry run" className={classes.plan}>
      <div className={classes.scroll}>
        <p className={classes.summary}>
          <strong className="figure">{amount(plan)}</strong> of {plan.topic} to topic <strong>{target.topic}</strong>,{' '}
          {target.exists ? `which has ${counted(target.partitions, 'partition')}` : madeText(plan)}.
          {plan.groups.length > 0 &&
            ` Groups that come along: ${plan.groups.map(({ groupId }) => groupId).join(', ')}.`}
        </p>
        {plan.refusals.map((refusal) => (
          <Banner key={refusal} tone="bad">
            {refusal}
          </Banner>
        ))}
        {plan.notes.map((note) => (
          <Banner key={note} tone="info">
            {note}
          </Banner>
        ))}
        <Partitions partitions={plan.partitions} />
      </div>
      <div className={classes.foot}>{isAsking ? <LastStep /> : <Go plan={plan} />}</div>
    </Card>
  );
}

function Go(props: { readonly plan: RestorePlanView }) {
  const { plan } = props;
  return (
    <>
      <span className="dim">{plan.refusals.length > 0 ? 'It cannot be done like this' : `As job ${plan.job}`}</span>
      <Button
        leftSection={<IconDatabaseImport size={16} />}
        disabled={plan.refusals.length > 0}
        onClick={() => restoreStore.setState({ isAsking: true })}
      >
        Restore {amount(plan)}
      </Button>
    </>
  );
}

/** Names cluster and topic in full: what is written to Kafka cannot be taken back. */
function LastStep() {
  const planned = useRestore((state) => state.planned);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  if (planned === null) return null;
  const { plan, params } = planned;
  const { target } = plan;

  const start = async (): Promise<void> => {
    setBusy(true);
    try {
      await request('restore.start', { ...params, job: plan.job });
      restoreStore.setState({ planned: null, isAsking: false });
    } catch (thrown) {
      setProblem(asPermafrostError(thrown).message);
      setBusy(false);
    }
  };

  return (
    <div className={classes.last} role="group" aria-label="Last step">
      <p>
        {amount(plan)} will be written to topic <strong>{target.topic}</strong> of cluster{' '}
        <strong>{target.clusterId}</strong> at <strong>{target.address}</strong>. They cannot be taken back.
      </p>
      {problem !== null && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      <div className={classes.buttons}>
        <Button variant="default" onClick={() => restoreStore.setState({ isAsking: false })}>
          Back
        </Button>
        <Button loading={isBusy} onClick={() => void start()}>
          Restore to {target.topic}
        </Button>
      </div>
    </div>
  );
}

function Partitions(props: { readonly partitions: readonly PlannedPartitionView[] }) {
  return (
    <Table aria-label="Partitions" className={classes.table} horizontalSpacing={8} verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Partition</Table.Th>
          <Table.Th className={classes.right}>Records</Table.Th>
          <Table.Th className={classes.right}>Size</Table.Th>
          <Table.Th className={classes.right}>Download</Table.Th>
          <Table.Th className={classes.right}>Offsets</Table.Th>
          <Table.Th className={classes.right}>There</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {props.partitions.map((each) => (
          <Table.Tr key={each.partition}>
            <Table.Td className="figure">{each.partition}</Table.Td>
            <Table.Td className={classes.right}>
              {each.isExact ? '' : 'up to '}
              {count(each.records)}
            </Table.Td>
            <Table.Td className={classes.right} title={exactBytes(each.rawBytes)}>
              {bytes(each.rawBytes)}
            </Table.Td>
            <Table.Td
              className={classes.right}
              title={`${exactBytes(each.storedBytes)} in ${counted(each.archives, 'archive')}`}
            >
              {bytes(each.storedBytes)}
            </Table.Td>
            <Table.Td className={classes.right}>{offsets(each)}</Table.Td>
            <Table.Td
              className={classes.right}
              title={each.restored > 0 ? `${count(each.restored)} by this job` : undefined}
            >
              {count(each.existing)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function offsets({ firstOffset, nextOffset }: PlannedPartitionView): string {
  if (firstOffset === null || nextOffset === null) return NOTHING;
  return `${count(firstOffset)} to ${count((BigInt(nextOffset) - 1n).toString())}`;
}

function amount({ records, isExact }: RestorePlanView): string {
  return `${isExact ? '' : 'up to '}${counted(records, 'record')}`;
}

function madeText({ target }: RestorePlanView): string {
  return `which will be made with ${counted(target.partitions, 'partition')} and ${counted(target.replicationFactor, 'replica')}`;
}
