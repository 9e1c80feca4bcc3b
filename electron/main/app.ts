/**
 * The running app: the connection in use, the threads, what they report, and what the window asks of them.
 */
import { isDeepStrictEqual } from 'node:util';
import { app, nativeTheme, type BrowserWindow } from 'electron';
import { PermafrostError, type PlainError } from '../../shared/errors';
import type { AppInfo, MenuAction } from '../../shared/ipc/contract';
import { DEFAULT_SETTINGS, type Settings, type SettingsPatch } from '../../shared/model/settings';
import type { SetAside } from '../../shared/model/set-aside';
import { ArchiverHost } from '../worker/archiver-host';
import type { Connections } from '../worker/connections';
import { archiveOptions, archiverStart } from './archive-options';
import type { ConnectionBook } from './connection-book';
import { Dialogs } from './dialogs';
import { ConnectionInUse } from './hosts/connection-in-use';
import { eventSender } from './ipc-binding';
import { Jobs } from './jobs';
import type { KeyRing } from './key-ring';
import { LiveBoard } from './live-board';
import { ownPlace, sandboxPlace, type Place } from './place';
import type { SettingsFile } from './settings-file';
import { Threads } from './threads';

const LIVE_EVERY_MS = 250;

/** Settings that the running sandbox or its watched topic depends on. */
const WATCH_SETTINGS = ['topic', 'partitions', 'pipelineGroup', 'archiverGroup'] as const;
const SANDBOX_SETTINGS = ['sandboxKafkaPort', 'sandboxBucketPort'] as const;
const ARCHIVE_SETTINGS = ['topic', 'topics', 'archiverGroup', 'bucket', 'prefix', ...SANDBOX_SETTINGS] as const;

const CONNECTION_MISSING: PlainError = {
  code: 'INPUT_INVALID',
  message:
    'The connection that was in use is not there any more. The sandbox is used; choose another one in Connections.',
  retriable: false,
  context: {},
};

export interface AppParts {
  readonly dataDir: string;
  readonly settings: SettingsFile;
  readonly connections: ConnectionBook;
  readonly keys: KeyRing;
  /** the one that was in use is gone: the sandbox is used in its place */
  readonly isConnectionMissing: boolean;
  /** files that were damaged at start */
  readonly setAside: readonly SetAside[];
  readonly window: () => BrowserWindow | null;
}

export class App {
  readonly parts: AppParts;
  readonly jobs: Jobs;
  readonly board: LiveBoard;
  readonly archiver: ArchiverHost;
  readonly threads: Threads;
  readonly dialogs: Dialogs;
  readonly send: ReturnType<typeof eventSender>;
  readonly #connection: ConnectionInUse;
  #liveTimer: NodeJS.Timeout | null = null;

  constructor(parts: AppParts) {
    this.parts = parts;
    this.send = eventSender(parts.window);
    this.jobs = new Jobs(
      (job) => this.send('job', job),
      () => Date.now(),
    );
    this.board = new LiveBoard(() => this.place);
    this.dialogs = new Dialogs(() => {
      const window = parts.window();
      if (window === null) throw new PermafrostError('BUSY', 'The window is gone.');
      return window;
    });
    this.archiver = new ArchiverHost({
      view: (view) => {
        this.board.setArchiver(view);
        this.#updateTitle();
      },
      status: (status) => this.board.archiverReported(status),
      uploaded: (upload) => {
        this.board.uploaded(upload);
        this.bucketChanged();
      },
      problem: (error) => this.board.problem('archiver', error, Date.now()),
    });
    this.threads = new Threads({
      dataDir: parts.dataDir,
      version: app.getVersion(),
      keys: parts.keys,
      connections: () => this.#connection.connections(),
      connectionId: () => this.place.id,
      progress: this.jobs.progress.bind(this.jobs),
      catalogChanged: (changed) => this.send('catalog', changed),
      catalogProblem: (error) => this.board.problem('catalog', error, Date.now()),
    });
    this.#connection = new ConnectionInUse({
      dataDir: parts.dataDir,
      settings: () => this.settings,
      connections: parts.connections,
      place: () => this.place,
      threads: this.threads,
      board: this.board,
    });
  }

  get settings(): Settings {
    return this.parts.settings.current;
  }

  get place(): Place {
    const own = this.parts.connections.active;
    return own === null ? sandboxPlace(this.settings) : ownPlace(own);
  }

  info(): AppInfo {
    return {
      version: app.getVersion(),
      electron: process.versions.electron,
      platform: process.platform,
      dataDir: this.parts.dataDir,
      secretStorage: this.parts.keys.storage,
      defaultSettings: DEFAULT_SETTINGS,
      setAside: this.parts.setAside,
    };
  }

  /** Brings up the connection in use. Failures are shown in the window, with Retry. */
  async start(): Promise<void> {
    this.#liveTimer ??= setInterval(() => this.send('live', this.board.snapshot(Date.now())), LIVE_EVERY_MS);
    if (this.parts.isConnectionMissing) this.board.problem('connection', CONNECTION_MISSING, Date.now());
    await this.#connection.start();
  }

  async retryConnection(): Promise<void> {
    await this.#connection.stop();
    await this.#connection.start();
  }

  /** @throws PermafrostError BUSY while archiving, or while jobs run that would be cut off */
  async useConnection(id: string): Promise<void> {
    if (id === this.place.id) return;
    this.assertIdle('changing the connection');
    await this.parts.connections.use(id); // refused for one that is not there: then nothing is stopped
    await this.#connection.stop();
    this.board.clear();
    this.connectionsChanged();
    this.#updateTitle();
    await this.#connection.start();
  }

  /** @throws PermafrostError BUSY */
  assertIdle(before: string): void {
    if (this.archiver.isRunning) {
      throw new PermafrostError('BUSY', `Archiving is running. Stop it before ${before}.`);
    }
    const running = this.jobs.list().filter(({ state }) => state === 'running');
    const [first] = running;
    if (first === undefined) return;
    const more = running.length === 1 ? '' : ` and ${running.length - 1} more`;
    throw new PermafrostError(
      'BUSY',
      `"${first.title}"${more} still runs. Wait for it, or cancel it, before ${before}.`,
    );
  }

  connectionsChanged(): void {
    this.send('connections', this.parts.connections.view());
  }

  /** @throws PermafrostError INPUT_INVALID while no topic is chosen; BUSY, KAFKA_*, STORE_* */
  async startArchiving(): Promise<void> {
    await this.archiver.start(archiverStart(await this.#connection.connections(), this.place, this.archiveOptions()));
  }

  archiveOptions(): ReturnType<typeof archiveOptions> {
    return archiveOptions(this.place, this.settings, this.parts.keys);
  }

  /** @throws PermafrostError BUSY while archiving, for what can't change under it */
  async updateSettings(patch: SettingsPatch): Promise<Settings> {
    const before = this.settings;
    const changes = (names: readonly (keyof Settings)[]): boolean =>
      names.some((name) => patch[name] !== undefined && !isDeepStrictEqual(patch[name], before[name]));
    const { isSandbox } = this.place;
    if (isSandbox && this.archiver.isRunning && changes(ARCHIVE_SETTINGS)) {
      throw new PermafrostError('BUSY', 'Archiving is running with these settings. Stop archiving, then change them.');
    }
    const settings = await this.parts.settings.update(patch);
    nativeTheme.themeSource = settings.theme;
    this.send('settings', settings);
    this.#updateTitle();
    if (isSandbox && changes(SANDBOX_SETTINGS)) await this.retryConnection();
    else if (isSandbox && changes(WATCH_SETTINGS)) await this.#connection.watchAgain();
    return settings;
  }

  /** Where Kafka and the archives are. @throws PermafrostError */
  connections(): Promise<Connections> {
    return this.#connection.connections();
  }

  /** Another topic is watched, or another group looked at. */
  watchAgain(): Promise<void> {
    return this.#connection.watchAgain();
  }

  async keysChanged(): Promise<void> {
    this.send('keys', this.parts.keys.list());
    await this.threads.keysChanged();
  }

  /** Something was added: the window asks for it when it shows that bucket. */
  bucketChanged(bucket = this.place.bucket): void {
    this.send('bucketChanged', { bucket });
  }

  /** Objects were deleted, or added within a chain. @param names whose folders are listed; null: all of the bucket */
  async objectsChanged(bucket: string, names: readonly string[] | null): Promise<void> {
    if (!this.threads.catalog.isRunning) return;
    const catalog = await this.threads.catalog.channel();
    await catalog.request('refresh', { bucket, kind: names === null ? 'all' : 'added', names: names ?? [] });
  }

  jobDismissed(id: string): void {
    this.jobs.dismiss(id);
    this.send('jobDismissed', { id });
  }

  menu(action: MenuAction): void {
    this.send('menu', { action });
  }

  /** Everything down, in order; the archiver first, with all it has read uploaded. */
  async stop(): Promise<void> {
    await this.archiver.stop();
    if (this.#liveTimer !== null) clearInterval(this.#liveTimer);
    this.#liveTimer = null;
    await this.#connection.stop();
  }

  #updateTitle(): void {
    const words: Record<string, string> = { closing: 'Closing segments' };
    const { state } = this.archiver.view;
    const word = words[state] ?? `${state.charAt(0).toUpperCase()}${state.slice(1)}`;
    const { topic, name } = this.place;
    this.parts.window()?.setTitle(`${topic ?? name} - ${word} - Permafrost`);
  }
}
