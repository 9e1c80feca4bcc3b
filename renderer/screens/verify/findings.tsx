import { Button, Table } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import type { FindingView, VerificationView } from '../../../shared/model/verify';
import { Card } from '../../components/card';
import { MessagePanel } from '../../components/message-panel';
import { bytes, count, counted, duration, localTime, offsetRange } from '../../format/format';
import { request } from '../../ipc/client';
import { showObject } from '../../stores/bucket';
import { showScreen } from '../../stores/frame';
import { attempt, say } from '../../stores/report';
import { BROKEN_ARCHIVES } from '../../stores/verify';
import classes from './findings.module.css';

const WORDS: Readonly<Record<string, string>> = {
  missing: 'Missing',
  overlapping: 'Archived twice',
  expired: 'Expired',
  damaged: 'Damaged',
  misplaced: 'Misplaced',
  unreadable: 'Unreadable',
  vanished: 'Vanished',
  'no-key': 'No key',
  differs: 'Differs',
  'not-in-kafka': 'Not in Kafka',
  'not-archived': 'Not archived',
};
const MILD: ReadonlySet<string> = new Set(['expired', 'no-key']);

/** What is wrong: where, why, what it means, and what can be done at once. */
export function Findings(props: { readonly view: VerificationView }) {
  const { view } = props;
  const { findings, findingCount } = view;
  return (
    <Card title="Findings" className={classes.card}>
      {findings.length === 0 ? (
        <MessagePanel
          icon={IconCircleCheck}
          title="Nothing is wrong"
          text={
            view.content === null
              ? 'Every offset is accounted for. Contents were not read: only names and metadata were looked at.'
              : 'Every offset is accounted for, and every archive that was read is whole.'
          }
        />
      ) : (
        <div className={classes.scroll}>
          <Table horizontalSpacing={16} verticalSpacing={9} aria-label="Findings">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>What</Table.Th>
                <Table.Th>Where</Table.Th>
                <Table.Th>Why, and what it means</Table.Th>
                <Table.Th aria-label="What can be done" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {findings.map((finding) => (
                <Finding
                  key={`${finding.kind} ${finding.topic}/${finding.partition} ${finding.firstOffset} ${finding.object}`}
                  finding={finding}
                  bucket={view.bucket}
                />
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      <div className={classes.foot}>
        <span className="dim">{checkedText(view)}</span>
        {findingCount > findings.length && (
          <span className="dim">
            {count(findings.length)} of {counted(findingCount, 'finding')} shown, the report has them all.
          </span>
        )}
        <Button variant="subtle" size="compact-sm" onClick={() => saveReport(view.jobId, 'html')}>
          Save report
        </Button>
        <Button variant="subtle" size="compact-sm" onClick={() => saveReport(view.jobId, 'json')}>
          Save as JSON
        </Button>
      </div>
    </Card>
  );
}

function Finding(props: { readonly finding: FindingView; readonly bucket: string }) {
  const { kind, topic, partition, firstOffset, nextOffset, object, cause, meaning } = props.finding;
  return (
    <Table.Tr>
      <Table.Td className={MILD.has(kind) ? classes.mild : classes.grave}>{WORDS[kind] ?? kind}</Table.Td>
      <Table.Td>
        <span className="mono">
          {topic} / {partition}
        </span>
        {nextOffset !== firstOffset && (
          <span className={classes.offsets}>offsets {offsetRange(firstOffset, nextOffset)}</span>
        )}
        {object !== null && (
          <button type="button" className={classes.object} title={object} onClick={() => goTo(object)}>
            {object.split('/').slice(-2).join('/')}
          </button>
        )}
      </Table.Td>
      <Table.Td className={classes.why}>
        {object !== null && cause.startsWith(`${object}: `) ? cause.slice(object.length + 2) : cause}{' '}
        <span className="dim">{meaning}</span>
      </Table.Td>
      <Table.Td className={classes.act}>
        <Action finding={props.finding} bucket={props.bucket} />
      </Table.Td>
    </Table.Tr>
  );
}

function Action(props: { readonly finding: FindingView; readonly bucket: string }) {
  const { kind, topic, partition, object } = props.finding;
  if (kind === 'missing') {
    return (
      <Button variant="default" size="xs" onClick={() => attempt(() => request('verify.repair', { topic, partition }))}>
        Archive it now
      </Button>
    );
  }
  if (object === null || !BROKEN_ARCHIVES.has(kind) || kind === 'vanished') return null;
  return (
    <Button
      variant="default"
      size="xs"
      onClick={() => attempt(() => request('verify.recover', { bucket: props.bucket, names: [object] }))}
    >
      Recover the rest
    </Button>
  );
}

function goTo(object: string): void {
  showScreen('bucket');
  showObject(object);
}

function saveReport(jobId: string, form: 'html' | 'json'): void {
  attempt(async () => {
    const path = await request('verify.saveReport', { jobId, form });
    if (path !== null) say(`Report saved to ${path}`);
  });
}

function checkedText({ startedAt, endedAt, content }: VerificationView): string {
  const what =
    content === null
      ? 'coverage'
      : `coverage and ${content.oneOf === null ? 'all contents' : `the contents of one archive in ${content.oneOf}`}, ${bytes(content.storedBytes)}`;
  const took = endedAt - startedAt < 1_000 ? 'less than a second' : duration(endedAt - startedAt);
  return `Checked ${localTime(startedAt)}: ${what}, in ${took}.`;
}
