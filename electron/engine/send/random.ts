/** Numbers in [0, 1), the same for the same seed. Source: mulberry32 by Tommy Ettinger (public domain). */
export type Random = () => number;

/** @param stream numbers of one seed and different streams have nothing to do with each other */
export function seededRandom(seed: number, stream: number): Random {
  let state = mix(mix(seed >>> 0) ^ Math.imul(stream + 1, 0x9e3779b9));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return (mix(state) >>> 0) / 4_294_967_296;
  };
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 15), value | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return mixed ^ (mixed >>> 14);
}
