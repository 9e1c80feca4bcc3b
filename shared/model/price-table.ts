/** Prices as they were published, in USD: STANDARD, NEARLINE, COLDLINE, ARCHIVE in each row. Looked up by prices.ts. */
export type ByClass = readonly [standard: number, nearline: number, coldline: number, archive: number];

export interface Published {
  readonly source: string;
  /** when the source said so, YYYY-MM-DD */
  readonly readOn: string;
}

/** Google's own page. */
export const PRICE_PAGE: Published = { source: 'https://cloud.google.com/storage/pricing', readOn: '2026-05-16' };

/** Made by its author from Google's Cloud Billing catalog; the page shows one location at a time. */
export const PRICE_CATALOG: Published = {
  source: 'https://github.com/Cyclenerd/google-cloud-pricing-cost-calculator/blob/master/pricing.yml',
  readOn: '2025-03-06',
};

/** A GiB for a month. The page gives hours: 730 of them are a month. */
export const STORAGE_ON_PAGE: Readonly<Record<string, ByClass>> = {
  asia: [0.026, 0.015, 0.00875, 0.003],
  'us-central1': [0.02, 0.01, 0.004, 0.0012],
};

export const STORAGE_IN_CATALOG: Readonly<Record<string, ByClass>> = {
  // multi-regions
  eu: [0.026, 0.015, 0.007, 0.0024],
  us: [0.026, 0.015, 0.007, 0.0024],
  // predefined dual-regions: both of their regions together
  asia1: [0.0506, 0.0352, 0.0132, 0.0056],
  eur4: [0.044, 0.022, 0.0088, 0.0028],
  nam4: [0.044, 0.022, 0.0088, 0.0028],
  // regions
  'africa-south1': [0.025, 0.014, 0.007, 0.0025],
  'asia-east1': [0.02, 0.01, 0.005, 0.0015],
  'asia-east2': [0.023, 0.016, 0.007, 0.0025],
  'asia-northeast1': [0.023, 0.016, 0.006, 0.0025],
  'asia-northeast2': [0.023, 0.016, 0.006, 0.0025],
  'asia-northeast3': [0.023, 0.016, 0.006, 0.0025],
  'asia-south1': [0.023, 0.016, 0.006, 0.0025],
  'asia-south2': [0.023, 0.016, 0.006, 0.0025],
  'asia-southeast1': [0.02, 0.01, 0.005, 0.0015],
  'asia-southeast2': [0.023, 0.016, 0.006, 0.0025],
  'australia-southeast1': [0.023, 0.016, 0.006, 0.0025],
  'australia-southeast2': [0.023, 0.016, 0.006, 0.0025],
  'europe-central2': [0.023, 0.013, 0.006, 0.0025],
  'europe-north1': [0.02, 0.01, 0.004, 0.0012],
  'europe-north2': [0.023, 0.013, 0.006, 0.0025],
  'europe-southwest1': [0.023, 0.0115, 0.0052, 0.0021],
  'europe-west1': [0.02, 0.01, 0.004, 0.0012],
  'europe-west10': [0.025, 0.014, 0.007, 0.0025],
  'europe-west12': [0.023, 0.013, 0.006, 0.0025],
  'europe-west2': [0.023, 0.013, 0.007, 0.0025],
  'europe-west3': [0.023, 0.013, 0.006, 0.0025],
  'europe-west4': [0.02, 0.01, 0.004, 0.0012],
  'europe-west6': [0.025, 0.014, 0.007, 0.0025],
  'europe-west8': [0.023, 0.013, 0.006, 0.0025],
  'europe-west9': [0.023, 0.013, 0.006, 0.0025],
  'me-central1': [0.023, 0.013, 0.006, 0.0025],
  'me-central2': [0.03, 0.018, 0.006, 0.0027],
  'me-west1': [0.021, 0.0125, 0.004, 0.0012],
  'northamerica-northeast1': [0.023, 0.013, 0.007, 0.0025],
  'northamerica-northeast2': [0.023, 0.013, 0.007, 0.0025],
  'northamerica-south1': [0.026, 0.018, 0.006, 0.0027],
  'southamerica-east1': [0.035, 0.02, 0.007, 0.003],
  'southamerica-west1': [0.03, 0.018, 0.006, 0.0027],
  'us-east1': [0.02, 0.01, 0.004, 0.0012],
  'us-east4': [0.023, 0.013, 0.006, 0.0025],
  'us-east5': [0.02, 0.01, 0.004, 0.0012],
  'us-south1': [0.02, 0.01, 0.004, 0.0012],
  'us-west1': [0.02, 0.01, 0.004, 0.0012],
  'us-west2': [0.023, 0.016, 0.007, 0.0025],
  'us-west3': [0.023, 0.016, 0.007, 0.0025],
  'us-west4': [0.023, 0.013, 0.006, 0.0025],
};

/** 1,000 operations, in buckets without folders of their own (flat namespace). */
export const OPERATIONS = {
  region: { classA: [0.005, 0.01, 0.02, 0.05], classB: [0.0004, 0.001, 0.01, 0.05] },
  'several regions': { classA: [0.01, 0.02, 0.04, 0.1], classB: [0.0004, 0.001, 0.01, 0.05] },
} as const satisfies Readonly<Record<string, Readonly<Record<'classA' | 'classB', ByClass>>>>;

/** Reading a GiB; the way to where it is read (network) is not in it. */
export const RETRIEVAL: ByClass = [0, 0.01, 0.02, 0.05];

/** Copying a GiB to the other regions when it is written, for buckets in several. */
export const REPLICATION: Readonly<Record<string, number>> = {
  eu: 0.02,
  us: 0.02,
  asia: 0.08,
  asia1: 0.08,
  eur4: 0.02,
  nam4: 0.02,
};
