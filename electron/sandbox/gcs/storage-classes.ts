import { z } from 'zod';

/** From the warmest to the coldest. Source: cloud.google.com/storage/docs/storage-classes */
const STORAGE_CLASSES = ['STANDARD', 'NEARLINE', 'COLDLINE', 'ARCHIVE'] as const;

/** Older names of STANDARD: nothing is stored under them, lifecycle rules may still name them. */
const FORMER_CLASSES = ['MULTI_REGIONAL', 'REGIONAL', 'DURABLE_REDUCED_AVAILABILITY'] as const;

export const storageClassSchema = z.enum(STORAGE_CLASSES, {
  error: ({ input }) => `Invalid storage class: '${String(input)}'. There are ${STORAGE_CLASSES.join(', ')}.`,
});

export const matchedClassSchema = z.enum([...STORAGE_CLASSES, ...FORMER_CLASSES]);

export type StorageClass = z.infer<typeof storageClassSchema>;

/** What is not known counts as the warmest. */
export function isColder(one: string, other: string): boolean {
  return coldness(one) > coldness(other);
}

function coldness(storageClass: string): number {
  return STORAGE_CLASSES.findIndex((each) => each === storageClass);
}
