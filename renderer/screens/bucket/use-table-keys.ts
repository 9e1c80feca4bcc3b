import { useCallback, type KeyboardEvent } from 'react';
import type { ObjectRow } from '../../../shared/model/archive';
import { bucketStore, lookInside, select } from '../../stores/bucket';
import { openDialog } from '../../stores/frame';
import { activate, extendTo, step, tickAll, tickNone, toggle } from '../../stores/selection';
import { rowId } from '../../stores/bucket-rows';
import { refsOf } from './downloads';

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 12,
  PageUp: -12,
  Home: -Infinity,
  End: Infinity,
};

/** Arrows move (with Shift they select), Space or Enter looks inside, X ticks, Delete asks, Esc goes back. */
export function useTableKeys(rows: readonly ObjectRow[], order: readonly string[]) {
  return useCallback(
    (event: KeyboardEvent) => {
      if (handle(event, rows, order)) event.preventDefault();
    },
    [rows, order],
  );
}

/** @returns true when the key was ours */
function handle(event: KeyboardEvent, rows: readonly ObjectRow[], order: readonly string[]): boolean {
  const { selection, isDetailsOpen, bucket } = bucketStore.getState();
  const by = STEPS[event.key];
  if (by !== undefined) {
    const id = step(selection, by, order);
    if (id !== null) select((now) => (event.shiftKey ? extendTo(now, id, order) : activate(now, id)));
    return true;
  }
  if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
    select((now) => tickAll(now, order));
    return true;
  }
  if (event.key === 'Escape') {
    if (selection.ticked.size > 0) select(tickNone);
    else if (isDetailsOpen) bucketStore.setState({ isDetailsOpen: false });
    return true;
  }
  const active = rows.find((row) => rowId(row) === selection.active);
  if (active === undefined || bucket === null) return false;
  switch (event.key) {
    case ' ':
    case 'Enter':
      if (active.archive !== null) lookInside(active);
      return true;
    case 'x':
      select((now) => toggle(now, rowId(active)));
      return true;
    case 'Delete': {
      const ticked = rows.filter((row) => selection.ticked.has(rowId(row)));
      openDialog({ kind: 'delete-archives', bucket, objects: refsOf(ticked.length > 0 ? ticked : [active]) });
      return true;
    }
    default:
      return false;
  }
}
