/** The parts of a line that are always the same: up to 15 bytes of ASCII, their length behind them, 16 in all. */

/** what a literal writes beyond its end at most */
export const LITERAL_OVERRUN: usize = 16;

const SLOT: usize = 16;
const SLOTS: usize = memory.data(16 * 16);
let used: usize = 0;

export function literal(text: string): usize {
  const slot = SLOTS + used * SLOT;
  used += 1;
  for (let index = 0; index < text.length; index += 1) store<u8>(slot + index, <u8>text.charCodeAt(index));
  store<u8>(slot + SLOT - 1, <u8>text.length);
  return slot;
}

/** @returns the position behind it */
export function put(slot: usize, to: usize): usize {
  v128.store(to, v128.load(slot));
  return to + load<u8>(slot + SLOT - 1);
}
