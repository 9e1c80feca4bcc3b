import { z } from 'zod';
import { reductionSchema, type Reduction } from '../../shared/model/reduction';
import { timeSpan, wholeNumber, type Flags } from './arguments';

/** What `permafrost archive` leaves out on purpose. */
export const REDUCTION_FLAGS = {
  'filter-key': { type: 'string', multiple: true },
  filter: { type: 'string', multiple: true },
  'drop-duplicates': { type: 'boolean' },
  'one-in': { type: 'string' },
  'at-most-every': { type: 'string' },
  'keep-field': { type: 'string', multiple: true },
  'drop-field': { type: 'string', multiple: true },
} as const satisfies Flags;

const { filterKeys, filter, oneIn, atMostEveryMs, keepFields, dropFields } = reductionSchema.shape;

export const reductionFlagsShape = {
  'filter-key': filterKeys.default([]),
  filter: filter.default([]),
  'drop-duplicates': z.boolean().default(false),
  'one-in': wholeNumber(1, Number.MAX_SAFE_INTEGER).pipe(oneIn.unwrap()).nullable().default(null),
  'at-most-every': timeSpan.pipe(atMostEveryMs.unwrap()).nullable().default(null),
  'keep-field': keepFields.default([]),
  'drop-field': dropFields.default([]),
};

export const REDUCTION_HELP = `Reduction: what is left out of the archives on purpose, in this order; off unless told. The archives say so, and how
many messages were left out. Values that are not JSON pass --filter and the fields as they are, and are counted.
  --filter-key KEY      repeatable: only messages with one of these keys; KEY* those that begin so; !KEY all but those
  --filter CONDITION    repeatable, all must hold: PATH (is there), !PATH, PATH=TEXT, PATH!=TEXT, PATH<N, <=, >, >=;
                        PATH is a.b, items[0].id, items[*].id (any of them) or ["odd name"]; PATH="7" is the text alone
  --drop-duplicates     messages with the same value and headers as the one before of the same key
  --one-in N            of each key the first message, and every N-th behind it
  --at-most-every TIME  of each key at most one message in such a time (30s, 5m), by the messages' timestamps
  --keep-field PATH     repeatable: of each value only these fields
  --drop-field PATH     repeatable: these fields are cut out of each value
The three in the middle begin anew with each archive.`;

export function reductionOf(flags: z.infer<z.ZodObject<typeof reductionFlagsShape>>): Reduction {
  return {
    filterKeys: flags['filter-key'],
    filter: flags.filter,
    dropDuplicates: flags['drop-duplicates'],
    oneIn: flags['one-in'],
    atMostEveryMs: flags['at-most-every'],
    keepFields: flags['keep-field'],
    dropFields: flags['drop-field'],
  };
}
