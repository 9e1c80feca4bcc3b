/** The Verify screen: bars in words, findings with what can be done about them. */
import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JobView } from '../../../shared/model/job';
import type { ChainView, FindingView, Holes, StretchView, VerificationView } from '../../../shared/model/verify';
import { VerifyScreen } from '../../../renderer/screens/verify/verify-screen';
import { receiveJob, jobsStore } from '../../../renderer/stores/jobs';
import { verifyStore } from '../../../renderer/stores/verify';
import { installBridge, show, type FakeBridge } from '../support';

const NONE: Holes = { control: 0, aborted: 0, dropped: 0, corrupt: 0, compacted: 0 };

function stretch(kind: StretchView['kind'], first: number, next: number, archives = 0): StretchView {
  const records = archives === 0 ? 0 : next - first;
  return { kind, firstOffset: String(first), nextOffset: String(next), archives, records, holes: NONE };
}

function chain(partition: number, stretches: readonly StretchView[]): ChainView {
  return {
    ...{ topic: 'bus', partition, life: 'life', stretches, isReduced: false },
    log: { earliest: '0', end: '300', committed: '200' },
    archives: stretches.reduce((sum, { archives }) => sum + archives, 0),
    records: stretches.reduce((sum, { records }) => sum + records, 0),
    storedBytes: 1_000,
  };
}

const MISSING: FindingView = {
  ...{ kind: 'missing', topic: 'bus', partition: 1, life: 'life', firstOffset: '100', nextOffset: '142', object: null },
  ...{ cause: 'No archive covers these offsets.', meaning: 'Kafka still holds them.' },
};
const DAMAGED: FindingView = {
  ...{ kind: 'damaged', topic: 'bus', partition: 0, life: 'life', firstOffset: '0', nextOffset: '200' },
  ...{
    object: 'archive/bus/life/partition=0/0.permafrost',
    cause: 'A checksum does not hold.',
    meaning: 'Not to be relied on.',
  },
};

function view(changed: Partial<VerificationView> = {}): VerificationView {
  return {
    ...{ jobId: 'job', bucket: 'cold', prefix: 'archive', startedAt: 0, endedAt: 2_000, kafkaProblem: null },
    chains: [
      chain(0, [stretch('archived', 0, 200, 3), stretch('not-yet-archived', 200, 300)]),
      chain(1, [stretch('archived', 0, 100, 1), stretch('missing', 100, 142), stretch('archived', 142, 300, 2)]),
    ],
    ...{ findings: [], findingCount: 0, content: null },
    ...changed,
  };
}

const askedOf = ({ asked }: FakeBridge, wanted: string): unknown[] =>
  asked.filter(({ name }) => name === wanted).map(({ params }) => params);

afterEach(cleanup);
beforeEach(() => {
  verifyStore.setState({ topic: '', oneOf: 1, view: null });
  jobsStore.setState({ jobs: [] });
});

test('before the first one it says what can be verified; the buttons begin one', () => {
  const bridge = installBridge({ 'verify.start': () => ({ jobId: 'job' }) });
  show(<VerifyScreen />);
  expect(screen.getByText('Nothing was verified yet')).toBeTruthy();

  fireEvent.change(screen.getByLabelText('Topic'), { target: { value: 'bus' } });
  fireEvent.click(screen.getByRole('button', { name: 'Check contents' }));
  fireEvent.click(screen.getByRole('button', { name: 'Check coverage' }));

  expect(askedOf(bridge, 'verify.start')).toEqual([
    { topic: 'bus', content: { oneOf: 1, withSource: false } },
    { topic: 'bus', content: null },
  ]);
});

test('what has ended is fetched once, and shown', async () => {
  const bridge = installBridge({ 'verify.result': () => view() });
  show(<VerifyScreen />);
  const job: JobView = {
    ...{ id: 'job', kind: 'verify', title: 'Verify', state: 'done', done: 1, total: 1, unit: 'messages' },
    ...{ ratePerSecond: null, startedAt: 0, endedAt: 1, result: '', error: null },
  };
  receiveJob(job);

  expect(await screen.findByText('Nothing is wrong')).toBeTruthy();
  receiveJob({ ...job, done: 2 });
  expect(askedOf(bridge, 'verify.result')).toHaveLength(1);
});

test('a partition says in words how it stands, and opens to its stretches', () => {
  installBridge({});
  verifyStore.setState({ view: view({ findings: [DAMAGED], findingCount: 1 }) });
  show(<VerifyScreen />);

  expect(screen.getByRole('button', { name: 'partition 0: 1 archive damaged' })).toBeTruthy();
  const broken = screen.getByRole('button', { name: 'partition 1: 42 missing' });
  fireEvent.click(broken);
  const words = within(screen.getByRole('list', { name: 'Stretches' })).getAllByRole('listitem');
  expect(words.map(({ textContent }) => textContent)).toEqual([
    '0 – 99: archived, 100 messages in 1 archive',
    '100 – 141: missing',
    '142 – 299: archived, 158 messages in 2 archives',
  ]);
});

test('a finding can be acted upon at once', () => {
  const bridge = installBridge({ 'verify.repair': () => ({ jobId: 'r' }), 'verify.recover': () => null });
  verifyStore.setState({ view: view({ findings: [MISSING, DAMAGED], findingCount: 2 }) });
  show(<VerifyScreen />);

  fireEvent.click(screen.getByRole('button', { name: 'Archive it now' }));
  fireEvent.click(screen.getByRole('button', { name: 'Recover the rest' }));

  expect(askedOf(bridge, 'verify.repair')).toEqual([{ topic: 'bus', partition: 1 }]);
  expect(askedOf(bridge, 'verify.recover')).toEqual([{ bucket: 'cold', names: [DAMAGED.object] }]);
});

test('that Kafka was not asked is said, and so is what was not read', () => {
  installBridge({});
  verifyStore.setState({ view: view({ kafkaProblem: 'Kafka does not answer.' }) });
  show(<VerifyScreen />);

  expect(screen.getByText('Kafka does not answer.')).toBeTruthy();
  expect(screen.getByText('Not read')).toBeTruthy();
});
