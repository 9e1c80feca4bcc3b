import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import { PermafrostError } from '../../../shared/errors';
import { DeleteArchives } from '../../../renderer/dialogs/delete-archives';
import { DeleteBucket } from '../../../renderer/dialogs/delete-bucket';
import { JobCard } from '../../../renderer/frame/jobs-panel';
import { bucketDeletionsStore } from '../../../renderer/stores/bucket-deletions';
import { closeDialog, frameStore } from '../../../renderer/stores/frame';
import { jobsStore } from '../../../renderer/stores/jobs';
import type { JobView } from '../../../shared/model/job';
import { ForgetKey } from '../../../renderer/dialogs/forget-key';
import { listOf } from '../catalog-answers';
import { archiveObject, installBridge, show } from '../support';

afterEach(() => {
  cleanup();
  closeDialog();
});

const DELETION: JobView = {
  ...{ id: 'j', kind: 'delete-bucket', title: 'Delete bucket cold', state: 'cancelled', unit: 'objects' },
  ...{ done: 120, total: 123, ratePerSecond: null, startedAt: 1, endedAt: 2, result: null, error: null },
};

describe('deleting archives', () => {
  it('says the loss in numbers and waits for the word', async () => {
    const user = userEvent.setup();
    const objects = [archiveObject(0), archiveObject(100)].map(({ name, generation }) => ({ name, generation }));
    const choice = { kind: 'objects', objects } as const;
    const { answers } = listOf([archiveObject(0), archiveObject(100), archiveObject(200)]);
    const bridge = installBridge({ ...answers, 'archive.delete': () => ({ jobId: 'j' }) });
    let closed = 0;
    show(<DeleteArchives bucket="b" choice={choice} onClose={() => (closed += 1)} />);

    expect((await screen.findByLabelText('What would be lost')).textContent).toContain(
      '2archives200messages2.00 kBstored',
    );
    const button = screen.getByRole('button', { name: 'Delete 2 archives' });
    expect(button).toHaveProperty('disabled', true);
    await user.type(screen.getByRole('textbox'), 'delet');
    expect(button).toHaveProperty('disabled', true);
    await user.type(screen.getByRole('textbox'), 'e{Enter}');

    await waitFor(() => expect(closed).toBe(1));
    expect(bridge.asked.slice(1)).toEqual([{ name: 'archive.delete', params: { bucket: 'b', choice, objects: 2 } }]);
  });
});

describe('deleting a bucket', () => {
  it('wants its name typed, and stays open with the reason when it is refused', async () => {
    const user = userEvent.setup();
    installBridge({
      'bucket.loss': () => ({
        ...{ objects: 3, archives: 2, records: 48_210, storedBytes: 3_100_000 },
        noncurrent: { objects: 7, bytes: 900_000 },
        held: null,
      }),
      'bucket.delete': () => {
        throw new PermafrostError('BUSY', 'Archives are being written to cold. Stop archiving, then delete it.');
      },
    });
    let closed = 0;
    show(<DeleteBucket bucket="cold" onClose={() => (closed += 1)} />);
    const loss = await screen.findByLabelText('What would be lost');
    expect(loss.textContent).toBe('2archives1other object48,210messages3.10 MBstored7noncurrent versions');
    await user.type(screen.getByRole('textbox', { name: 'Type cold to go on' }), 'cold');
    await user.click(screen.getByRole('button', { name: 'Delete bucket' }));
    expect(await screen.findByText(/Stop archiving, then delete it/)).toBeTruthy();
    expect(closed).toBe(0);
  });
});

describe('deleting a bucket that keeps its objects, or a deletion that stopped', () => {
  const held = { objects: 3, until: Date.UTC(2027, 0, 31, 12), isLocked: false };
  const loss = { objects: 3, archives: 3, records: 9, storedBytes: 300, noncurrent: { objects: 0, bytes: 0 } };

  it('is not offered before the last object is old enough, and says what can be done', async () => {
    const user = userEvent.setup();
    installBridge({ 'bucket.loss': () => ({ ...loss, held }) });
    show(<DeleteBucket bucket="cold" onClose={() => undefined} />);
    expect(await screen.findByText(/It cannot be deleted before 31 Jan 2027/)).toBeTruthy();
    expect(screen.getByText(/It is not locked: remove it/)).toBeTruthy();
    await user.type(screen.getByRole('textbox'), 'cold');
    expect(screen.getByRole('button', { name: 'Delete bucket' })).toHaveProperty('disabled', true);
  });

  it('goes on with the rest, and says how much is gone', async () => {
    const user = userEvent.setup();
    const bridge = installBridge({
      'bucket.loss': () => ({ ...loss, held: null }),
      'bucket.delete': () => ({ jobId: 'again' }),
    });
    bucketDeletionsStore.setState({ buckets: { first: 'cold' } });
    jobsStore.setState({ jobs: [{ ...DELETION, id: 'first' }] });
    show(<JobCard job={{ ...DELETION, id: 'first' }} />);
    await user.click(screen.getByRole('button', { name: 'Delete the rest…' }));
    expect(frameStore.getState().dialog).toEqual({ kind: 'delete-bucket', bucket: 'cold' });
    cleanup();
    show(<DeleteBucket bucket="cold" onClose={() => undefined} />);
    expect(await screen.findByText(/stopped when 120 objects were gone/)).toBeTruthy();
    await user.type(screen.getByRole('textbox'), 'cold');
    await user.click(screen.getByRole('button', { name: 'Delete the rest' }));
    await waitFor(() => expect(bridge.asked.map(({ name }) => name)).toContain('bucket.delete'));
    expect(bucketDeletionsStore.getState().buckets).toEqual({ first: 'cold', again: 'cold' });
  });
});

describe('forgetting a key', () => {
  it('wants the end of its fingerprint typed and sends what was typed', async () => {
    const user = userEvent.setup();
    const bridge = installBridge({ 'key.forget': () => null });
    show(<ForgetKey fingerprint="SHA256:abcdefgh12345678" onClose={() => undefined} />);
    expect(screen.getByRole('button', { name: 'Forget key' })).toHaveProperty('disabled', true);
    await user.type(screen.getByRole('textbox'), '12345678');
    await user.click(screen.getByRole('button', { name: 'Forget key' }));
    await waitFor(() =>
      expect(bridge.asked[0]).toEqual({
        name: 'key.forget',
        params: { fingerprint: 'SHA256:abcdefgh12345678', typed: '12345678' },
      }),
    );
  });
});
