/** Flags that say which records are wanted. */
import { z } from 'zod';
import type { RecordFilter } from '../../shared/model/search';
import { offsetFlag, timeFlag, type Flags } from './arguments';

export const FILTER_FLAGS = {
  'record-key': { type: 'string' },
  text: { type: 'string' },
  filter: { type: 'string', multiple: true },
  offset: { type: 'string' },
  'until-offset': { type: 'string' },
  time: { type: 'string' },
  'until-time': { type: 'string' },
} as const satisfies Flags;

export const filterFlagsShape = {
  'record-key': z.string().optional(),
  text: z.string().min(1).optional(),
  filter: z.array(z.string().min(1)).default([]),
  offset: offsetFlag.optional(),
  'until-offset': offsetFlag.optional(),
  time: timeFlag.optional(),
  'until-time': timeFlag.optional(),
};

export const FILTER_HELP = `  --record-key KEY      this key; KEY* those that begin so; !KEY all but those
  --text TEXT           stands somewhere in the value
  --filter CONDITION    repeatable, all must hold: PATH (is there), !PATH, PATH=TEXT, PATH!=TEXT, PATH<N, <=, >, >=;
                        PATH is a.b, items[0].id, items[*].id (any of them) or ["odd name"]; values that are not JSON don't fit
  --offset N            from here on; --until-offset N, which is left out
  --time TIME           from here on, such as 2022-12-20T08:00:00Z; --until-time TIME, which is left out`;

export function filterOf(flags: z.infer<z.ZodObject<typeof filterFlagsShape>>): RecordFilter {
  return {
    key: flags['record-key'] ?? null,
    text: flags.text ?? null,
    conditions: flags.filter,
    fromOffset: flags.offset?.toString() ?? null,
    untilOffset: flags['until-offset']?.toString() ?? null,
    fromTime: flags.time?.toString() ?? null,
    untilTime: flags['until-time']?.toString() ?? null,
  };
}
