import { useCallback, type KeyboardEvent } from 'react';
import { activate, bucketStore, extendTo, lookInside, refOf, rowStepped, tick, toggle } from '../../stores/bucket';
import { openDialog } from '../../stores/frame';
import { attempt } from '../../stores/report';

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 12,
  PageUp: -12,
  Home: -Infinity,
  End: Infinity,
};

/** Arrows move (with Shift they select), Space or Enter looks inside, X ticks, Delete asks, Esc goes back. */
export function useTableKeys() {
  return useCallback((event: KeyboardEvent) => {
    if (handle(event)) event.preventDefault();
  }, []);
}

/** @returns true when the key was ours */
function handle(event: KeyboardEvent): boolean {
  const { active, bucket, view, isDetailsOpen } = bucketStore.getState();
  const { shiftKey } = event;
  const by = STEPS[event.key];
  if (by !== undefined) {
    attempt(() => step(by, shiftKey));
    return true;
  }
  if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
    tick({ kind: 'all' });
    return true;
  }
  const ticked = view?.ticked.objects ?? 0;
  if (event.key === 'Escape') {
    if (ticked > 0) tick({ kind: 'none' });
    else if (isDetailsOpen) bucketStore.setState({ isDetailsOpen: false });
    return true;
  }
  if (active === null || bucket === null) return false;
  switch (event.key) {
    case ' ':
    case 'Enter':
      if (active.row.archive !== null) lookInside(active.row);
      return true;
    case 'x':
      toggle(active.row);
      return true;
    case 'Delete':
      openDialog({
        kind: 'delete-archives',
        bucket,
        choice: ticked > 0 ? { kind: 'ticked' } : { kind: 'objects', objects: [refOf(active.row)] },
      });
      return true;
    default:
      return false;
  }
}

async function step(by: number, isRange: boolean): Promise<void> {
  const reached = await rowStepped(by);
  if (reached?.index === undefined || reached.index === null) return;
  if (isRange) extendTo(reached.row, reached.index);
  else activate(reached.row, reached.index);
}
