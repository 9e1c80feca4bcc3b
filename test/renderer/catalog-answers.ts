/**
 * Answers what the window asks of a bucket's list: rows that a test gives, chosen and ordered by the engine's own view.
 * The thread that does it in the app needs Node; test/engine/restore/catalog is about that one.
 */
import { Catalog, rowId } from '../../electron/engine/restore/catalog/catalog';
import { inPlaceOrder, keysOf, select, topicsOf, totalsOf } from '../../electron/engine/restore/catalog/view';
import type { PlainError } from '../../shared/errors';
import type { ObjectRow } from '../../shared/model/archive';
import { WHOLE_BUCKET, type CatalogView, type Tick } from '../../shared/model/catalog';
import type { Answers } from './support';

export interface TestList {
  /** what the bucket holds from now on */
  rows: readonly ObjectRow[];
  error: PlainError | null;
  isWhole: boolean;
  readonly answers: Answers;
}

export function listOf(rows: readonly ObjectRow[]): TestList {
  const ticked = new Set<string>();
  let query = WHOLE_BUCKET;
  let version = 0;

  const all = (): readonly ObjectRow[] => {
    const catalog = new Catalog();
    catalog.add(list.rows);
    return inPlaceOrder(catalog.folders);
  };
  const shown = (): readonly ObjectRow[] => select(all(), query);
  const choiceOf = (chosen: readonly ObjectRow[]) => ({
    ...totalsOf(chosen),
    opens: chosen.filter(({ archive, snapshot }) => (archive ?? snapshot)?.opens === true).length,
  });

  const look = (active: CatalogView['active']): CatalogView => ({
    ...{
      version: ++version,
      shown: shown().length,
      totals: totalsOf(all()),
      topics: topicsOf(all()),
      keys: keysOf(all()),
    },
    snapshots: all().filter(({ snapshot }) => snapshot !== null).length,
    others: all().filter(({ archive, snapshot }) => archive === null && snapshot === null).length,
    ticked: choiceOf(all().filter((row) => ticked.has(rowId(row)))),
    ...{ active, listed: null, isWhole: list.isWhole, listedAt: list.isWhole ? 0 : null, error: list.error },
  });

  const tick = (change: Tick): void => {
    switch (change.kind) {
      case 'none': {
        ticked.clear();
        return;
      }
      case 'all': {
        shown().forEach((row) => ticked.add(rowId(row)));
        return;
      }
      case 'toggle':
        if (!ticked.delete(rowId(change.object))) ticked.add(rowId(change.object));
        return;
      case 'range': {
        const ids = shown().map(rowId);
        const ends = [change.from ?? change.to, change.to].map((ref) => ids.indexOf(rowId(ref))).sort((a, b) => a - b);
        ids.slice(ends[0], (ends[1] ?? 0) + 1).forEach((id) => ticked.add(id));
      }
    }
  };

  const list: TestList = {
    rows,
    error: null,
    isWhole: true,
    answers: {
      'catalog.look': (params) => {
        ({ query } = params);
        const isIt = (row: ObjectRow): boolean => params.active !== null && rowId(row) === rowId(params.active);
        const row = all().find(isIt);
        const index = shown().findIndex(isIt);
        return look(row === undefined ? null : { row, index: index === -1 ? null : index });
      },
      'catalog.rows': ({ from, count }) => ({
        version,
        rows: shown()
          .slice(from, from + count)
          .map((row) => ({ row, isTicked: ticked.has(rowId(row)) })),
      }),
      'catalog.find': ({ name }) => list.rows.find((row) => row.name === name) ?? null,
      'catalog.tick': (params) => {
        tick(params.tick);
        return null;
      },
      'catalog.refresh': () => null,
      'catalog.choice': ({ choice }) =>
        choiceOf(
          all().filter((row) =>
            choice.kind === 'objects'
              ? choice.objects.some((ref) => rowId(ref) === rowId(row))
              : choice.kind === 'place' || ticked.has(rowId(row)),
          ),
        ),
    },
  };
  return list;
}
