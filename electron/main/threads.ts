/** The threads that answer the window and do its jobs; each is started when it is first asked. */
import path from 'node:path';
import type { PlainError } from '../../shared/errors';
import type { Connections } from '../worker/connections';
import type { JobProgress } from '../worker/job-protocol';
import { JobThread } from './hosts/job-thread';
import type { KeyRing } from './key-ring';

export interface ThreadParts {
  readonly dataDir: string;
  readonly version: string;
  readonly keys: KeyRing;
  /** of the connection in use */
  readonly connections: () => Promise<Connections>;
  /** its id: catalogs are kept apart */
  readonly connectionId: () => string;
  readonly progress: (progress: JobProgress) => void;
  readonly catalogChanged: (changed: { readonly bucket: string }) => void;
  readonly catalogProblem: (error: PlainError) => void;
}

export class Threads {
  readonly sender: JobThread<'sender'>;
  readonly reader: JobThread<'reader'>;
  readonly restorer: JobThread<'restorer'>;
  readonly verifier: JobThread<'verifier'>;
  readonly searcher: JobThread<'searcher'>;
  readonly catalog: JobThread<'catalog'>;
  readonly inspector: JobThread<'inspector'>;

  constructor(parts: ThreadParts) {
    const { dataDir, version, keys, connections, connectionId } = parts;
    const jobs = { progress: parts.progress };
    const configuration = async () => ({ connections: await connections(), privateKeys: keys.privateKeys() });
    this.sender = new JobThread('sender', jobs, async (channel) =>
      channel.request('connect', { connections: await connections() }),
    );
    this.reader = new JobThread('reader', jobs, async (channel) => channel.request('configure', await configuration()));
    this.restorer = new JobThread('restorer', jobs, async (channel) =>
      channel.request('configure', await configuration()),
    );
    this.searcher = new JobThread('searcher', jobs, async (channel) =>
      channel.request('configure', await configuration()),
    );
    this.verifier = new JobThread('verifier', jobs, async (channel) =>
      channel.request('configure', { ...(await configuration()), version }),
    );
    this.inspector = new JobThread('inspector', {}, async (channel) =>
      channel.request('configure', { connections: await connections() }),
    );
    const catalogEvents = { changed: parts.catalogChanged, problem: parts.catalogProblem };
    this.catalog = new JobThread('catalog', catalogEvents, async (channel) =>
      channel.request('configure', {
        connections: await connections(),
        ownFingerprints: keys.list().map(({ fingerprint }) => fingerprint),
        folder: path.join(dataDir, 'catalogs', connectionId()),
      }),
    );
  }

  /** Those that run get the keys as they are now. */
  async keysChanged(): Promise<void> {
    const { reader, restorer, verifier, searcher, catalog } = this;
    await Promise.all([reader, restorer, verifier, searcher, catalog].map((thread) => thread.refresh()));
  }

  async stop(): Promise<void> {
    const { sender, reader, restorer, verifier, searcher, catalog, inspector } = this;
    const threads = [sender, reader, restorer, verifier, searcher, catalog, inspector];
    await Promise.all(threads.map((thread) => thread.stop()));
  }
}
