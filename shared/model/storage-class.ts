/** Cloud Storage's classes, coldest last. Source: cloud.google.com/storage/docs/storage-classes */
export const STORAGE_CLASSES = ['STANDARD', 'NEARLINE', 'COLDLINE', 'ARCHIVE'] as const;
export type StorageClass = (typeof STORAGE_CLASSES)[number];

const NAMES: Readonly<Record<StorageClass, string>> = {
  STANDARD: 'Standard',
  NEARLINE: 'Nearline',
  COLDLINE: 'Coldline',
  ARCHIVE: 'Archive',
};

/** "Nearline". Cloud Storage knows more classes than we offer: those keep their own spelling. */
export function classText(storageClass: string): string {
  return isStorageClass(storageClass) ? NAMES[storageClass] : storageClass;
}

export function isStorageClass(text: string): text is StorageClass {
  return (STORAGE_CLASSES as readonly string[]).includes(text);
}

/** Grows with coldness. */
export function coldness(storageClass: StorageClass): number {
  return STORAGE_CLASSES.indexOf(storageClass);
}

const MINIMUM_DAYS: Readonly<Record<StorageClass, number>> = { STANDARD: 0, NEARLINE: 30, COLDLINE: 90, ARCHIVE: 365 };

/**
 * How long an object is paid for at least; 0 for classes that we do not know.
 * Source: cloud.google.com/storage/docs/storage-classes
 */
export function minimumDays(storageClass: string): number {
  return isStorageClass(storageClass) ? MINIMUM_DAYS[storageClass] : 0;
}
