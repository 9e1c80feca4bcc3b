/**
 * Keeps what did not change: wherever `next` equals `previous`, the previous object is taken, so that only those parts
 * of the window render again whose figures moved. For plain data alone.
 */
export function shareUnchanged<Data>(previous: unknown, next: Data): Data {
  if (Object.is(previous, next)) return next;
  if (Array.isArray(previous) && Array.isArray(next)) {
    const shared = next.map((item: unknown, index) => shareUnchanged<unknown>(previous[index], item));
    const isSame = previous.length === next.length && shared.every((item, index) => item === previous[index]);
    return (isSame ? previous : shared) as Data;
  }
  if (isRecord(previous) && isRecord(next)) {
    const names = Object.keys(next);
    const shared = Object.fromEntries(names.map((name) => [name, shareUnchanged(previous[name], next[name])]));
    const isSame =
      names.length === Object.keys(previous).length && names.every((name) => shared[name] === previous[name]);
    return (isSame ? previous : shared) as Data;
  }
  return next;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
