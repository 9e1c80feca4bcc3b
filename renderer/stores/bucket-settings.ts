/** How the bucket that is shown is set up: what holds, and what is typed and not saved yet. Leaving the page loses nothing of it. */
import { createStore } from 'zustand/vanilla';
import { asPermafrostError, type PermafrostError } from '../../shared/errors';
import {
  bucketChangeSchema,
  DAY_SECONDS,
  type BucketSettings,
  type PublicAccess,
} from '../../shared/model/bucket-settings';
import { isFolder } from '../../shared/model/connection';
import type { StorageClass } from '../../shared/model/storage-class';
import { draftsOf, typedRules, type RuleDraft } from '../format/rule-draft';
import { request } from '../ipc/client';
import { bucketStore } from './bucket';
import { showScreen } from './frame';
import { say } from './report';

export const SETTINGS_TABS = ['settings', 'lifecycle', 'cost'] as const;
export type SettingsTab = (typeof SETTINGS_TABS)[number];

/** What is typed; absent: as it is saved. */
export interface SettingsDraft {
  readonly storageClass?: StorageClass;
  readonly uniformAccess?: boolean;
  readonly publicAccess?: PublicAccess;
  readonly versioning?: boolean;
  /** null: no retention policy; '': nothing typed yet */
  readonly retentionDays?: number | '' | null;
  readonly rules?: readonly RuleDraft[];
}

/** What is saved together. */
export const SECTIONS = {
  newObjects: ['storageClass'],
  access: ['uniformAccess', 'publicAccess'],
  versions: ['versioning'],
  retention: ['retentionDays'],
  lifecycle: ['rules'],
} as const satisfies Readonly<Record<string, readonly (keyof SettingsDraft)[]>>;
export type SectionName = keyof typeof SECTIONS;

export interface BucketSettingsState {
  /** the one whose settings these are */
  readonly bucket: string | null;
  readonly tab: SettingsTab;
  /** null until the first answer, and when they can't be read */
  readonly settings: BucketSettings | null;
  readonly error: PermafrostError | null;
  readonly draft: SettingsDraft;
  /** why the last one was not saved */
  readonly problem: { readonly section: SectionName; readonly text: string } | null;
  readonly saving: SectionName | null;
}

const NOTHING_KNOWN = { settings: null, error: null, draft: {}, problem: null, saving: null } as const;

export const bucketSettingsStore = createStore<BucketSettingsState>(() => ({
  ...NOTHING_KNOWN,
  bucket: null,
  tab: 'settings',
}));

/** Of the bucket that the Bucket screen shows; a folder has none. */
export function openBucketSettings(): void {
  const { bucket } = bucketStore.getState();
  showScreen('bucket');
  if (bucket !== null && isFolder(bucket)) say(`${bucket} is a folder: only buckets have such settings`);
  else bucketStore.setState({ isSettingsOpen: true, opened: null });
}

export function closeBucketSettings(): void {
  bucketStore.setState({ isSettingsOpen: false });
}

export function showSettingsTab(tab: SettingsTab): void {
  bucketSettingsStore.setState({ tab });
}

/** What is typed stays, unless it is about another bucket. */
export async function loadBucketSettings(bucket: string): Promise<void> {
  if (bucketSettingsStore.getState().bucket !== bucket) bucketSettingsStore.setState({ ...NOTHING_KNOWN, bucket });
  try {
    const settings = await request('bucket.settings', { bucket });
    if (isShown(bucket)) receiveBucketSettings(settings);
  } catch (thrown) {
    if (isShown(bucket)) bucketSettingsStore.setState({ error: asPermafrostError(thrown) });
  }
}

function isShown(bucket: string): boolean {
  return bucketSettingsStore.getState().bucket === bucket;
}

export function receiveBucketSettings(settings: BucketSettings): void {
  bucketSettingsStore.setState({ settings, error: null });
}

export function editBucketSettings(change: SettingsDraft): void {
  bucketSettingsStore.setState(({ draft, problem }) => ({
    draft: { ...draft, ...change },
    problem: problem !== null && SECTIONS[problem.section].some((field) => field in change) ? null : problem,
  }));
}

export function discardSection(section: SectionName): void {
  bucketSettingsStore.setState(({ draft, problem }) => ({
    draft: without(draft, section),
    problem: problem?.section === section ? null : problem,
  }));
}

function without(draft: SettingsDraft, section: SectionName): SettingsDraft {
  const fields: readonly string[] = SECTIONS[section];
  return Object.fromEntries(Object.entries(draft).filter(([field]) => !fields.includes(field)));
}

/** What the page shows: what is typed, else what is saved. Null for what the server does not tell. */
export function shownValues({ settings, draft }: Pick<BucketSettingsState, 'settings' | 'draft'>) {
  return { ...savedValues(settings), ...draft };
}

function savedValues(settings: BucketSettings | null) {
  const seconds = settings?.retention?.periodSeconds;
  return {
    storageClass: settings?.storageClass ?? null,
    uniformAccess: settings?.uniformAccess?.enabled ?? null,
    publicAccess: settings?.publicAccess ?? null,
    versioning: settings?.versioning ?? null,
    retentionDays: seconds === undefined ? null : seconds / DAY_SECONDS,
  };
}

export function isDirty({ settings, draft }: BucketSettingsState, section: SectionName): boolean {
  const saved = savedValues(settings);
  return SECTIONS[section].some((field) => {
    if (field !== 'rules') return draft[field] !== undefined && draft[field] !== saved[field];
    return draft.rules !== undefined && !isSameRules(draft.rules, draftsOf(settings?.lifecycle.rules ?? []));
  });
}

function isSameRules(typed: readonly RuleDraft[], saved: readonly RuleDraft[]): boolean {
  const plain = (rules: readonly RuleDraft[]): string =>
    JSON.stringify(rules.map(({ does, ageDays, prefix }) => [does, ageDays, prefix]));
  return plain(typed) === plain(saved);
}

/** Saves what is typed there; what is wrong with it is said in its section, and stays typed. */
export async function saveSection(section: SectionName): Promise<void> {
  const { bucket, settings, draft, saving } = bucketSettingsStore.getState();
  if (bucket === null || settings === null || saving !== null) return;
  const parsed = bucketChangeSchema.safeParse(changeIn(draft, section));
  if (!parsed.success) {
    const text = parsed.error.issues[0]?.message ?? 'This cannot be saved';
    bucketSettingsStore.setState({ problem: { section, text } });
    return;
  }
  bucketSettingsStore.setState({ saving: section, problem: null });
  try {
    const { metageneration } = settings;
    const now = await request('bucket.changeSettings', { bucket, metageneration, change: parsed.data });
    if (!isShown(bucket)) return;
    receiveBucketSettings(now);
    discardSection(section);
    say(`Settings of ${bucket} saved`);
  } catch (thrown) {
    await saveFailed(bucket, section, asPermafrostError(thrown));
  } finally {
    bucketSettingsStore.setState({ saving: null });
  }
}

/** Whatever holds now is read again: somebody else may have changed it, or a part of it was taken. */
async function saveFailed(bucket: string, section: SectionName, { code, message }: PermafrostError): Promise<void> {
  if (code === 'STORE_CONFLICT' || code === 'STORE_REFUSED') await loadBucketSettings(bucket);
  if (!isShown(bucket)) return;
  const kept = code === 'STORE_CONFLICT' ? ' They were read again, and what you typed is kept.' : '';
  bucketSettingsStore.setState({ problem: { section, text: `${message}${kept}` } });
}

function changeIn(draft: SettingsDraft, section: SectionName): unknown {
  switch (section) {
    case 'retention': {
      const { retentionDays: days } = draft;
      return { retentionSeconds: typeof days === 'number' ? Math.round(days * DAY_SECONDS) : days };
    }
    case 'lifecycle': {
      const typed = typedRules(draft.rules ?? []);
      return { lifecycle: typed.isValid ? typed.rules : null };
    }
    case 'newObjects':
    case 'access':
    case 'versions':
      return Object.fromEntries(SECTIONS[section].map((field) => [field, draft[field as keyof SettingsDraft]]));
  }
}

/** For good. @throws PermafrostError as main gave it; what holds now is read again */
export async function lockRetention(bucket: string, typedName: string): Promise<void> {
  const { settings } = bucketSettingsStore.getState();
  if (settings === null || settings.name !== bucket) return;
  try {
    const { metageneration } = settings;
    receiveBucketSettings(await request('bucket.lockRetention', { bucket, metageneration, typedName }));
    say(`The retention policy of ${bucket} is locked`);
  } catch (thrown) {
    await loadBucketSettings(bucket);
    throw thrown;
  }
}
