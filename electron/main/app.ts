/**
 * The running app: the threads, what they report, and what the window asks of them.
 */
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { app, nativeTheme, type BrowserWindow } from 'electron';
import { asPermafrostError, PermafrostError, toPlainError } from '../../shared/errors';
import type { AppInfo, MenuAction } from '../../shared/ipc/contract';
import { DEFAULT_SETTINGS, type Settings, type SettingsPatch } from '../../shared/model/settings';
import type { Connections } from '../worker/connections';
import { Dialogs } from './dialogs';
import {
  DEFAULT_MAX_HELD_BYTES,
  DEFAULT_SESSION_TIMEOUT_MS,
  DEFAULT_SNAPSHOT_EVERY_MS,
  DEFAULT_TOPIC_CHECK_MS,
} from '../engine/archive/options';
import { startOf } from '../engine/archive/start-choice';
import { ArchiverHost } from '../worker/archiver-host';
import type { ArchiverStart } from '../worker/archiver-protocol';
import { JobThread } from './hosts/job-thread';
import { PipelineHost } from './hosts/pipeline-host';
import { SandboxHost } from './hosts/sandbox-host';
import { eventSender } from './ipc-binding';
import { Jobs } from './jobs';
import type { KeyRing } from './key-ring';
import { LiveBoard } from './live-board';
import { sandboxPlace, type Place } from './place';
import type { SettingsFile } from './settings-file';

const LIVE_EVERY_MS = 250;

/** Settings that the running sandbox or pipeline group depends on. */
const PIPELINE_SETTINGS = ['topic', 'partitions', 'pipelineGroup', 'archiverGroup'] as const;
const SANDBOX_SETTINGS = ['sandboxKafkaPort', 'sandboxBucketPort'] as const;
const ARCHIVE_SETTINGS = ['topic', 'topics', 'archiverGroup', 'bucket', 'prefix', ...SANDBOX_SETTINGS] as const;

export interface AppParts {
  readonly dataDir: string;
  readonly settings: SettingsFile;
  readonly keys: KeyRing;
  readonly window: () => BrowserWindow | null;
}

export class App {
  readonly parts: AppParts;
  readonly jobs: Jobs;
  readonly board: LiveBoard;
  readonly archiver: ArchiverHost;
  readonly sender: JobThread<'sender'>;
  readonly reader: JobThread<'reader'>;
  readonly restorer: JobThread<'restorer'>;
  readonly verifier: JobThread<'verifier'>;
  readonly searcher: JobThread<'searcher'>;
  readonly catalog: JobThread<'catalog'>;
  readonly inspector: JobThread<'inspector'>;
  readonly dialogs: Dialogs;
  readonly #send: ReturnType<typeof eventSender>;
  readonly #sandbox: SandboxHost;
  readonly #pipeline: PipelineHost;
  #connections: Promise<Connections> | null = null;
  #liveTimer: NodeJS.Timeout | null = null;

  constructor(parts: AppParts) {
    this.parts = parts;
    this.#send = eventSender(parts.window);
    this.jobs = new Jobs(
      (job) => this.#send('job', job),
      () => Date.now(),
    );
    this.board = new LiveBoard(() => this.place);
    this.dialogs = new Dialogs(() => {
      const window = parts.window();
      if (window === null) throw new PermafrostError('BUSY', 'The window is gone.');
      return window;
    });
    this.#sandbox = new SandboxHost((view) => this.board.setConnection(view));
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
    this.#pipeline = new PipelineHost({
      status: (report) => this.board.pipelineReported(report),
      problem: (error) => this.board.problem('pipeline', error, Date.now()),
    });
    const progress = { progress: this.jobs.progress.bind(this.jobs) };
    this.sender = new JobThread('sender', progress, async (channel) =>
      channel.request('connect', { connections: await this.connections() }),
    );
    const configuration = async () => ({
      connections: await this.connections(),
      privateKeys: this.parts.keys.privateKeys(),
    });
    this.reader = new JobThread('reader', progress, async (channel) =>
      channel.request('configure', await configuration()),
    );
    this.restorer = new JobThread('restorer', progress, async (channel) =>
      channel.request('configure', await configuration()),
    );
    this.searcher = new JobThread('searcher', progress, async (channel) =>
      channel.request('configure', await configuration()),
    );
    this.catalog = new JobThread(
      'catalog',
      {
        changed: (bucket) => this.#send('catalog', bucket),
        problem: (error) => this.board.problem('catalog', error, Date.now()),
      },
      async (channel) =>
        channel.request('configure', {
          connections: await this.connections(),
          ownFingerprints: this.parts.keys.list().map(({ fingerprint }) => fingerprint),
          folder: path.join(this.parts.dataDir, 'catalogs', 'sandbox'),
        }),
    );
    this.inspector = new JobThread('inspector', {}, async (channel) =>
      channel.request('configure', { connections: await this.connections() }),
    );
    this.verifier = new JobThread('verifier', progress, async (channel) =>
      channel.request('configure', { ...(await configuration()), version: app.getVersion() }),
    );
  }

  get place(): Place {
    return sandboxPlace(this.settings);
  }

  get settings(): Settings {
    return this.parts.settings.current;
  }

  info(): AppInfo {
    return {
      version: app.getVersion(),
      electron: process.versions.electron,
      platform: process.platform,
      dataDir: this.parts.dataDir,
      secretStorage: this.parts.keys.storage,
      defaultSettings: DEFAULT_SETTINGS,
    };
  }

  /** Brings up the sandbox, the bucket, the topic and the pipeline group. Failures are shown in the window, with Retry. */
  async start(): Promise<void> {
    this.#liveTimer ??= setInterval(() => this.#send('live', this.board.snapshot(Date.now())), LIVE_EVERY_MS);
    try {
      await this.connections();
      await this.#ensureBucket();
      await this.#startPipeline();
      await this.catalog.channel(); // loading it would be most of what the first look at a bucket takes
    } catch (thrown) {
      this.board.problem('connection', toPlainError(thrown), Date.now());
    }
  }

  /** Where Kafka and the bucket are; starts the sandbox when it does not run. */
  connections(): Promise<Connections> {
    const { sandboxKafkaPort, sandboxBucketPort } = this.settings;
    this.#connections ??= this.#sandbox
      .start({
        dataDir: `${this.parts.dataDir}/sandbox`,
        kafkaPort: sandboxKafkaPort,
        bucketPort: sandboxBucketPort,
      })
      .catch((thrown: unknown) => {
        this.#connections = null;
        throw thrown;
      });
    return this.#connections;
  }

  async retrySandbox(): Promise<void> {
    await this.#stopSandbox();
    await this.start();
  }

  async startArchiving(): Promise<void> {
    const { kafka, storage } = await this.connections();
    const store = { kind: 'cloud-storage', bucket: this.settings.bucket, ...storage } as const;
    await this.archiver.start({ kafka, store, options: this.archiveOptions(), untilEnd: false });
  }

  /** How archives are written, by the settings. */
  archiveOptions(): ArchiverStart['options'] {
    const { settings } = this;
    return {
      groupId: settings.archiverGroup,
      topics: { ...settings.topics, names: [...new Set([settings.topic, ...settings.topics.names])] },
      start: startOf(settings.start),
      prefix: settings.prefix,
      codec: settings.codec,
      level: settings.codec === 'gzip' ? Math.min(settings.level, 9) : settings.level,
      recipients: settings.encrypt ? [this.parts.keys.current().publicKey] : [],
      reduction: settings.reduction,
      storageClass: settings.storageClass,
      limits: {
        maxBytes: settings.maxSegmentBytes,
        maxRecords: settings.maxSegmentRecords,
        maxAgeMs: settings.maxSegmentAgeMs,
      },
      maxHeldBytes: DEFAULT_MAX_HELD_BYTES,
      sessionTimeoutMs: DEFAULT_SESSION_TIMEOUT_MS,
      topicCheckMs: DEFAULT_TOPIC_CHECK_MS,
      snapshotEveryMs: DEFAULT_SNAPSHOT_EVERY_MS,
    };
  }

  /** @throws PermafrostError BUSY while archiving, for what can't change under it */
  async updateSettings(patch: SettingsPatch): Promise<Settings> {
    const before = this.settings;
    const changes = (names: readonly (keyof Settings)[]): boolean =>
      names.some((name) => patch[name] !== undefined && !isDeepStrictEqual(patch[name], before[name]));
    if (this.archiver.isRunning && changes(ARCHIVE_SETTINGS)) {
      throw new PermafrostError('BUSY', 'Archiving is running with these settings. Stop archiving, then change them.');
    }
    const settings = await this.parts.settings.update(patch);
    nativeTheme.themeSource = settings.theme;
    this.#send('settings', settings);
    this.#updateTitle();
    if (changes(SANDBOX_SETTINGS)) await this.retrySandbox();
    else if (changes(PIPELINE_SETTINGS)) {
      this.board.reset();
      await this.#startPipeline();
    }
    return settings;
  }

  async keysChanged(): Promise<void> {
    this.#send('keys', this.parts.keys.list());
    const { reader, restorer, verifier, searcher, catalog } = this;
    await Promise.all([reader, restorer, verifier, searcher, catalog].map((thread) => thread.refresh()));
  }

  /** Something was added: the window asks for it when it shows that bucket. */
  bucketChanged(bucket = this.settings.bucket): void {
    this.#send('bucketChanged', { bucket });
  }

  /** Objects were deleted, or added within a chain. @param names whose folders are listed; null: all of the bucket */
  async objectsChanged(bucket: string, names: readonly string[] | null): Promise<void> {
    if (!this.catalog.isRunning) return;
    const catalog = await this.catalog.channel();
    await catalog.request('refresh', { bucket, kind: names === null ? 'all' : 'added', names: names ?? [] });
  }

  jobDismissed(id: string): void {
    this.jobs.dismiss(id);
    this.#send('jobDismissed', { id });
  }

  menu(action: MenuAction): void {
    this.#send('menu', { action });
  }

  /** Everything down, in order; the archiver first, with all it has read uploaded. */
  async stop(): Promise<void> {
    await this.archiver.stop();
    if (this.#liveTimer !== null) clearInterval(this.#liveTimer);
    this.#liveTimer = null;
    await this.#stopSandbox();
  }

  async #stopSandbox(): Promise<void> {
    await this.#pipeline.stop();
    const { sender, reader, restorer, verifier, searcher, catalog, inspector } = this;
    const threads = [sender, reader, restorer, verifier, searcher, catalog, inspector];
    await Promise.all(threads.map((thread) => thread.stop()));
    await this.#sandbox.stop();
    this.#connections = null;
    this.board.reset();
  }

  async #startPipeline(): Promise<void> {
    const { topic, partitions, pipelineGroup, archiverGroup } = this.settings;
    const connections = await this.connections();
    await this.#pipeline.start({ connections, groupId: pipelineGroup, topic, partitions, archiverGroup });
  }

  /** The sandbox has its bucket from the first start on. */
  async #ensureBucket(): Promise<void> {
    const { bucket } = this.settings;
    const reader = await this.reader.channel();
    const buckets = await reader.request('buckets', null);
    if (buckets.length > 0) return;
    try {
      await reader.request('createBucket', { name: bucket, location: 'EU', storageClass: 'NEARLINE' });
    } catch (thrown) {
      const error = asPermafrostError(thrown);
      if (error.code !== 'STORE_CONFLICT') throw error;
    }
  }

  #updateTitle(): void {
    const words: Record<string, string> = { closing: 'Closing segments' };
    const { state } = this.archiver.view;
    const word = words[state] ?? `${state.charAt(0).toUpperCase()}${state.slice(1)}`;
    this.parts.window()?.setTitle(`${this.settings.topic} - ${word} - Permafrost`);
  }
}
