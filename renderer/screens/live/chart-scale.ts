/** The steps a scale may end at, so that it rarely changes and its lines fall on round numbers. */
const STEPS = [1, 2, 4, 5, 10] as const;
const LOWEST_TOP = 10;

/** The least round number that is not below. */
export function roundUp(value: number): number {
  if (value <= LOWEST_TOP) return LOWEST_TOP;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = STEPS.find((each) => each * power >= value) ?? 10;
  return step * power;
}

/**
 * The top of the chart. Grows at once when a line would leave the chart; shrinks only when the highest line fills less
 * than a third of it, so that it does not jump to and fro.
 */
export function stableTop(current: number, highest: number): number {
  const wanted = roundUp(highest * 1.05);
  if (wanted > current) return wanted;
  return highest < current / 3 ? wanted : current;
}

export function highestOf(columns: readonly (readonly (number | null)[])[]): number {
  let highest = 0;
  for (const column of columns) for (const value of column) if (value !== null && value > highest) highest = value;
  return highest;
}
