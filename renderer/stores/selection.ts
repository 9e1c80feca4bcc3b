/** Which rows are ticked and which one the keyboard stands on. Rows are told by their ids; pure functions. */
export interface Selection {
  readonly ticked: ReadonlySet<string>;
  /** the row of the details; null for none */
  readonly active: string | null;
  /** where a range begins */
  readonly anchor: string | null;
}

export const NOTHING_SELECTED: Selection = { ticked: new Set(), active: null, anchor: null };

export function activate(selection: Selection, id: string | null): Selection {
  return { ...selection, active: id, anchor: id };
}

export function toggle(selection: Selection, id: string): Selection {
  const ticked = new Set(selection.ticked);
  if (!ticked.delete(id)) ticked.add(id);
  return { ...selection, ticked, anchor: id };
}

/** Ticks all between the anchor and this row; it becomes the active one. @param order ids as they are shown */
export function extendTo(selection: Selection, id: string, order: readonly string[]): Selection {
  const to = order.indexOf(id);
  const from = selection.anchor === null ? to : order.indexOf(selection.anchor);
  if (to === -1) return selection;
  const start = from === -1 ? to : from;
  const range = order.slice(Math.min(start, to), Math.max(start, to) + 1);
  return { ...selection, ticked: new Set([...selection.ticked, ...range]), active: id };
}

export function tickAll(selection: Selection, order: readonly string[]): Selection {
  return { ...selection, ticked: new Set(order) };
}

export function tickNone(selection: Selection): Selection {
  return { ...selection, ticked: new Set() };
}

/** After a refresh: what is gone is no longer selected. */
export function keepKnown(selection: Selection, known: ReadonlySet<string>): Selection {
  const ticked = new Set([...selection.ticked].filter((id) => known.has(id)));
  const kept = (id: string | null): string | null => (id !== null && known.has(id) ? id : null);
  return { ticked, active: kept(selection.active), anchor: kept(selection.anchor) };
}

/** The row so many steps from the active one; the first when there is none. */
export function step(selection: Selection, by: number, order: readonly string[]): string | null {
  const from = selection.active === null ? -1 : order.indexOf(selection.active);
  if (from === -1) return order[0] ?? null;
  return order[Math.max(0, Math.min(order.length - 1, from + by))] ?? null;
}
