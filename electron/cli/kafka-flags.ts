/** Flags that say which Kafka. */
import { z } from 'zod';
import type { Flags } from './arguments';

export const KAFKA_FLAGS = { brokers: { type: 'string', multiple: true } } as const satisfies Flags;

/** host:port, several separated by commas, repeatable */
export const brokerList = z.array(z.string().min(1)).transform((lists) => lists.flatMap((list) => list.split(',')));

export const KAFKA_HELP = `  --brokers LIST        host:port, several separated by commas`;
