/**
 * The one contract between the window and the main process. Requests carry a schema for their parameters, parsed in
 * main before anything else happens, and the type of their result; events carry the type of their payload. The
 * binding in main, the preload and the renderer's client are derived from it.
 */
import { z } from 'zod';
import type { PlainError } from '../errors';
import type { JobView } from '../model/job';
import type { KeyView } from '../model/key';
import type { LiveSnapshot, ThroughputSample } from '../model/live';
import { settingsPatchSchema, topicName, wholeNumber, type Settings } from '../model/settings';
import type { ConnectionsView, ConnectionTest } from '../model/connection';
import type { SetAside } from '../model/set-aside';
import { bucketRequests } from './bucket-requests';
import { catalogRequests } from './catalog-requests';
import { connectionRequests } from './connection-requests';
import { previewRequests } from './preview-requests';
import { restoreRequests } from './restore-requests';
import { searchRequests } from './search-requests';
import { topicRequests } from './topic-requests';
import { verifyRequests } from './verify-requests';
import { nothing, request, type JobStarted, type Request } from './request';

export const requests = {
  'app.info': request(nothing).answers<AppInfo>(),

  'settings.get': request(nothing).answers<Settings>(),
  'settings.update': request(settingsPatchSchema).answers<Settings>(),

  'live.get': request(nothing).answers<LiveSnapshot>(),
  /** up to five minutes, oldest first */
  'live.history': request(nothing).answers<readonly ThroughputSample[]>(),
  'live.dismissProblems': request(nothing).answers<null>(),

  'archiver.start': request(nothing).answers<null>(),
  /** answers when open segments are closed, uploaded and committed */
  'archiver.stop': request(nothing).answers<null>(),
  /** reads nothing more until `archiver.resume`; stays a member of its group */
  'archiver.pause': request(nothing).answers<null>(),
  'archiver.resume': request(nothing).answers<null>(),

  'send.message': request(
    z.strictObject({
      topic: topicName,
      /** null: chosen by the key's hash, as Kafka's own clients do */
      partition: wholeNumber(0, 100_000).nullable(),
      /** null is a null key, '' an empty one */
      key: z.string().max(1_000_000).nullable(),
      value: z.string().max(10_000_000).nullable(),
      headers: z.array(z.strictObject({ name: z.string().max(1000), value: z.string().max(100_000) })).max(100),
    }),
  ).answers<SentMessage>(),
  'send.generate': request(
    z.strictObject({
      topic: topicName,
      count: wholeNumber(1, 100_000_000),
      /** null: as fast as it goes */
      ratePerSecond: wholeNumber(1, 1_000_000).nullable(),
      vehicles: wholeNumber(1, 1000),
      /** the same seed makes the same messages */
      seed: wholeNumber(0, 4_294_967_295),
    }),
  ).answers<JobStarted>(),
  /** every line is checked before the first is sent; a malformed one refuses the file, naming the line */
  'send.file': request(z.strictObject({ topic: topicName, path: z.string().min(1) })).answers<JobStarted>(),
  /** asks with a file dialog; null when the user cancels */
  'send.chooseFile': request(nothing).answers<ChosenFile | null>(),

  'job.list': request(nothing).answers<readonly JobView[]>(),
  'job.cancel': request(z.strictObject({ id: z.string() })).answers<null>(),
  'job.dismiss': request(z.strictObject({ id: z.string() })).answers<null>(),

  ...bucketRequests,
  ...connectionRequests,
  ...catalogRequests,
  ...previewRequests,
  ...restoreRequests,
  ...verifyRequests,
  ...searchRequests,
  ...topicRequests,

  'key.list': request(nothing).answers<readonly KeyView[]>(),
  'key.generate': request(nothing).answers<KeyView>(),
  /** asks for a PEM file; null when the user cancels */
  'key.importFile': request(nothing).answers<KeyView | null>(),
  'key.importPem': request(z.strictObject({ pem: z.string().min(1).max(100_000) })).answers<KeyView>(),
  /** asks where to; null when the user cancels, else the path */
  'key.export': request(z.strictObject({ fingerprint: z.string() })).answers<string | null>(),
  'key.makeCurrent': request(z.strictObject({ fingerprint: z.string() })).answers<null>(),
  /** refused for the current key and for one that was never exported; typed must be the fingerprint's last 8 */
  'key.forget': request(z.strictObject({ fingerprint: z.string(), typed: z.string() })).answers<null>(),
} as const;

export type Requests = typeof requests;
export type RequestName = keyof Requests;
export type RequestParams<Name extends RequestName> = z.input<Requests[Name]['params']>;
export type RequestResult<Name extends RequestName> =
  Requests[Name] extends Request<unknown, infer Result> ? Result : never;

/** What main sends on its own. */
export interface Events {
  /** four times a second */
  live: { readonly snapshot: LiveSnapshot; readonly sample: ThroughputSample };
  job: JobView;
  jobDismissed: { readonly id: string };
  settings: Settings;
  keys: readonly KeyView[];
  connections: ConnectionsView;
  /** a test of a connection goes on */
  connectionTest: ConnectionTest;
  /** something in the bucket changed: an upload, a deletion */
  bucketChanged: { readonly bucket: string };
  /** look again: the list of that bucket has moved */
  catalog: { readonly bucket: string };
  /** an action of the native menu */
  menu: { readonly action: MenuAction };
}

export type EventName = keyof Events;

export const MENU_ACTIONS = [
  'show-connections',
  'show-live',
  'show-topics',
  'show-send',
  'show-bucket',
  'show-verify',
  'show-restore',
  'show-keys',
  'show-settings',
  'toggle-archiving',
  'open-archive',
  'open-palette',
] as const;
export type MenuAction = (typeof MENU_ACTIONS)[number];

/** How an answer travels: errors as plain data, since structured clone drops the class. */
export type Reply<Result> =
  { readonly ok: true; readonly value: Result } | { readonly ok: false; readonly error: PlainError };

/** What the preload puts on `window.permafrost`. */
export interface Bridge {
  request<Name extends RequestName>(name: Name, params: RequestParams<Name>): Promise<Reply<RequestResult<Name>>>;
  /** @returns a function that ends the subscription */
  on<Name extends EventName>(name: Name, listener: (payload: Events[Name]) => void): () => void;
  /** the path of a file that was dropped on the window */
  pathOfFile(file: unknown): string;
}

export interface AppInfo {
  readonly version: string;
  readonly electron: string;
  readonly platform: string;
  readonly dataDir: string;
  /** keyring: the system's; obfuscated: no keyring here, whoever reads the data folder can read the keys */
  readonly secretStorage: 'keyring' | 'obfuscated';
  readonly defaultSettings: Settings;
  /** files that were damaged at start, and moved out of the way */
  readonly setAside: readonly SetAside[];
}

export interface ChosenFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

export interface SentMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}
