import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectRow } from '../../../shared/model/archive';
import { ArchiveList } from '../../../renderer/screens/bucket/archive-list';
import { bucketStore, chooseBucket, look } from '../../../renderer/stores/bucket';
import { closeDialog, frameStore } from '../../../renderer/stores/frame';
import { listOf } from '../catalog-answers';
import { archiveObject, installBridge, otherObject, show, snapshotObject } from '../support';

const rows = [0, 100, 200].map((offset) => archiveObject(offset));
const stranger = otherObject('readme.txt');

/** The bucket holds these, and they were looked at. */
async function list(held: readonly ObjectRow[]): Promise<void> {
  installBridge(listOf(held).answers);
  chooseBucket('cold');
  await look();
}

beforeEach(() => list([...rows, stranger]));

afterEach(() => {
  cleanup();
  closeDialog();
});

const ticked = (): number | undefined => bucketStore.getState().view?.ticked.objects;

describe('the table of objects', () => {
  it('shows archives by their offsets and says what is none', () => {
    show(<ArchiveList />);
    const shown = screen.getAllByTestId('object-row');
    expect(shown).toHaveLength(4);
    expect(shown[1]?.textContent).toContain('100 – 199');
    expect(shown[3]?.textContent).toContain('readme.txt');
  });

  it('shows a snapshot as one, with what it holds, and lets it be decrypted', async () => {
    const user = userEvent.setup();
    const snapshot = snapshotObject();
    await list([snapshot, stranger]);
    show(<ArchiveList />);
    const [row, other] = screen.getAllByTestId('object-row');
    expect(row?.textContent).toContain('Snapshot archive/@snapshots/cluster/20260101T000000Z.json.age');
    expect(within(row!).getByTitle('Settings of 1 topic, offsets of 2 consumer groups')).toBeDefined();
    expect(within(row!).queryByTitle('Not an archive of Permafrost')).toBeNull();
    expect(within(other!).getByTitle('Not an archive of Permafrost')).toBeDefined();
    await user.click(screen.getByRole('checkbox', { name: `Select ${snapshot.name}` }));
    const bar = await screen.findByRole('toolbar', { name: 'Selected objects' });
    expect(within(bar).getByRole('button', { name: 'Download decrypted' })).toHaveProperty('disabled', false);
  });

  it('moves by arrows, selects with Shift and looks inside with Space', async () => {
    const user = userEvent.setup();
    show(<ArchiveList />);
    await user.click(screen.getAllByTestId('object-row')[0]!);
    expect(bucketStore.getState().isDetailsOpen).toBe(true);
    screen.getByRole('grid', { name: 'Objects' }).focus();
    await user.keyboard('{ArrowDown}');
    await waitFor(() => expect(bucketStore.getState().active?.row).toEqual(rows[1]));
    await user.keyboard('{Shift>}{ArrowDown}{/Shift}');
    await waitFor(() => expect(ticked()).toBe(2));
    await user.keyboard(' ');
    expect(bucketStore.getState().opened?.name).toBe(rows[2]?.name);
  });

  it('selects all with Ctrl+A, drops it with Esc', async () => {
    const user = userEvent.setup();
    show(<ArchiveList />);
    screen.getByRole('grid', { name: 'Objects' }).focus();
    await user.keyboard('{Control>}a{/Control}');
    await waitFor(() => expect(ticked()).toBe(4));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(ticked()).toBe(0));
  });

  it('offers what can be done with a selection, and asks before it deletes', async () => {
    const user = userEvent.setup();
    show(<ArchiveList />);
    await user.click(screen.getByRole('checkbox', { name: `Select ${rows[0]?.name ?? ''}` }));
    const bar = await screen.findByRole('toolbar', { name: 'Selected objects' });
    await user.click(screen.getByRole('checkbox', { name: `Select ${stranger.name}` }));
    await waitFor(() => expect(bar.textContent).toContain('2 objects'));
    expect(within(bar).getByRole('button', { name: 'Download decrypted' })).toHaveProperty('disabled', true);
    await user.click(within(bar).getByRole('button', { name: 'Delete' }));
    expect(frameStore.getState().dialog).toEqual({
      ...{ kind: 'delete-archives', bucket: 'cold', choice: { kind: 'ticked' } },
    });
  });

  it('does not call a bucket empty before it was listed', async () => {
    const unknown = listOf([]);
    unknown.isWhole = false;
    installBridge(unknown.answers);
    await look();
    show(<ArchiveList />);
    expect(screen.queryByText('This bucket is empty')).toBeNull();
    unknown.isWhole = true;
    await act(() => look());
    expect(await screen.findByText('This bucket is empty')).toBeTruthy();
  });

  it('filters by offset and offers the way back when nothing fits', async () => {
    const user = userEvent.setup();
    show(<ArchiveList />);
    const filter = screen.getByRole('textbox', { name: /Filter/ });
    await user.type(filter, '150');
    await waitFor(() => expect(screen.getAllByTestId('object-row')).toHaveLength(1));
    await user.type(filter, '0000');
    await user.click(await screen.findByRole('button', { name: 'Show all objects' }));
    await waitFor(() => expect(screen.getAllByTestId('object-row')).toHaveLength(4));
  });

  it('filters by time and by key, and clears that', async () => {
    const user = userEvent.setup();
    await list([...rows, archiveObject(300, { recipients: [] }), stranger]);
    show(<ArchiveList />);
    await user.click(screen.getByRole('button', { name: 'More filters' }));
    await user.type(screen.getByRole('textbox', { name: 'With messages from' }), '2027-01-01');
    expect(await screen.findByText('No object fits')).toBeTruthy();
    await user.clear(screen.getByRole('textbox', { name: 'With messages from' }));
    await user.click(screen.getByRole('combobox', { name: 'Opened by the key' }));
    await user.click(await screen.findByRole('option', { name: 'No key needed (1)' }));
    await waitFor(() => expect(screen.getAllByTestId('object-row')).toHaveLength(1));
    await user.click(screen.getByRole('button', { name: 'Clear these filters' }));
    await waitFor(() => expect(screen.getAllByTestId('object-row')).toHaveLength(5));
  });
});
