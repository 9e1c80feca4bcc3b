import { cleanup, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import { PermafrostError } from '../../../shared/errors';
import { PreviewError } from '../../../renderer/screens/bucket/preview/preview-error';
import { bucketStore } from '../../../renderer/stores/bucket';
import { closeDialog, frameStore } from '../../../renderer/stores/frame';
import { show } from '../support';

afterEach(() => {
  cleanup();
  closeDialog();
});

describe('an archive that stays shut', () => {
  it('names the keys that would open it and offers to import one', async () => {
    const error = new PermafrostError('KEY_MISSING', 'None of the keys here opens it.', {
      context: { wanted: ['SHA256:one', 'SHA256:two'] },
    });
    show(<PreviewError error={error} onRetry={() => undefined} />);
    expect(screen.getByRole('alert').textContent).toContain('None of the keys here opens it.');
    expect(screen.getByText('SHA256:one')).toBeTruthy();
    expect(screen.getByText('SHA256:two')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Import a key' }));
    expect(frameStore.getState().dialog).toEqual({ kind: 'import-key' });
  });

  it('offers no retry for what a retry does not mend', async () => {
    bucketStore.setState({ opened: { name: 'a', generation: '1' } });
    const error = new PermafrostError('ARCHIVE_DAMAGED', 'Block 3 does not open.');
    show(<PreviewError error={error} onRetry={() => undefined} />);
    expect(screen.getByText('The archive is damaged')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Back to the archives' }));
    expect(bucketStore.getState().opened).toBeNull();
  });

  it('offers a retry when the bucket did not answer', async () => {
    let tries = 0;
    const error = new PermafrostError('STORE_UNAVAILABLE', 'The bucket does not answer.');
    show(<PreviewError error={error} onRetry={() => (tries += 1)} />);
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(tries).toBe(1);
  });
});
