import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArchiveList } from '../../../renderer/screens/bucket/archive-list';
import { bucketStore, chooseBucket } from '../../../renderer/stores/bucket';
import { rowId } from '../../../renderer/stores/bucket-rows';
import { closeDialog, frameStore } from '../../../renderer/stores/frame';
import { archiveObject, otherObject, show, snapshotObject } from '../support';

const rows = [0, 100, 200].map((offset) => archiveObject(offset));
const stranger = otherObject('readme.txt');

beforeEach(() => {
  chooseBucket('cold');
  bucketStore.setState({ rows: [...rows, stranger] });
});

afterEach(() => {
  cleanup();
  closeDialog();
});

const ticked = (): number => bucketStore.getState().selection.ticked.size;

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
    bucketStore.setState({ rows: [snapshot, stranger] });
    show(<ArchiveList />);
    const [row, other] = screen.getAllByTestId('object-row');
    expect(row?.textContent).toContain('Snapshot archive/@snapshots/cluster/20260101T000000Z.json.age');
    expect(within(row!).getByTitle('Settings of 1 topic, offsets of 2 consumer groups')).toBeDefined();
    expect(within(row!).queryByTitle('Not an archive of Permafrost')).toBeNull();
    expect(within(other!).getByTitle('Not an archive of Permafrost')).toBeDefined();
    await user.click(screen.getByRole('checkbox', { name: `Select ${snapshot.name}` }));
    const bar = screen.getByRole('toolbar', { name: 'Selected objects' });
    expect(within(bar).getByRole('button', { name: 'Download decrypted' })).toHaveProperty('disabled', false);
  });

  it('moves by arrows, selects with Shift and looks inside with Space', async () => {
    const user = userEvent.setup();
    show(<ArchiveList />);
    await user.click(screen.getAllByTestId('object-row')[0]!);
    expect(bucketStore.getState().isDetailsOpen).toBe(true);
    screen.getByRole('grid', { name: 'Objects' }).focus();
    await user.keyboard('{ArrowDown}');
    expect(bucketStore.getState().selection.active).toBe(rowId(rows[1]!));
    await user.keyboard('{Shift>}{ArrowDown}{/Shift}');
    expect(ticked()).toBe(2);
    await user.keyboard(' ');
    expect(bucketStore.getState().opened?.name).toBe(rows[2]?.name);
  });

  it('selects all with Ctrl+A, drops it with Esc', async () => {
    const user = userEvent.setup();
    show(<ArchiveList />);
    screen.getByRole('grid', { name: 'Objects' }).focus();
    await user.keyboard('{Control>}a{/Control}');
    expect(ticked()).toBe(4);
    await user.keyboard('{Escape}');
    expect(ticked()).toBe(0);
  });

  it('offers what can be done with a selection, and asks before it deletes', async () => {
    const user = userEvent.setup();
    show(<ArchiveList />);
    await user.click(screen.getByRole('checkbox', { name: `Select ${rows[0]?.name ?? ''}` }));
    await user.click(screen.getByRole('checkbox', { name: `Select ${stranger.name}` }));
    const bar = screen.getByRole('toolbar', { name: 'Selected objects' });
    expect(bar.textContent).toContain('2 objects');
    expect(within(bar).getByRole('button', { name: 'Download decrypted' })).toHaveProperty('disabled', true);
    await user.click(within(bar).getByRole('button', { name: 'Delete' }));
    expect(frameStore.getState().dialog).toMatchObject({ kind: 'delete-archives', bucket: 'cold' });
  });

  it('filters by offset and offers the way back when nothing fits', async () => {
    const user = userEvent.setup();
    show(<ArchiveList />);
    const filter = screen.getByRole('textbox', { name: /Filter/ });
    await user.type(filter, '150');
    expect(screen.getAllByTestId('object-row')).toHaveLength(1);
    await user.type(filter, '0000');
    expect(screen.queryAllByTestId('object-row')).toHaveLength(0);
    await user.click(screen.getByRole('button', { name: 'Show all objects' }));
    expect(screen.getAllByTestId('object-row')).toHaveLength(4);
  });
});
