/** fake-gcs-server: an independent server of the Cloud Storage JSON API, built once by the user's own Go. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cachedFolder, isCached } from '../../scripts/cache-folder.mjs';
import { read } from '../../scripts/child-process.mjs';
import { say } from '../../scripts/console.mjs';
import { freePorts, ServerProcess } from './process';
import { requirePrograms, Unavailable } from './unavailable';

export const FAKE_GCS_VERSION = '1.56.1';

const SERVER = `fake-gcs-server ${FAKE_GCS_VERSION}`;
const MODULE = `github.com/fsouza/fake-gcs-server@v${FAKE_GCS_VERSION}`;
const FOLDER = `fake-gcs-server-${FAKE_GCS_VERSION}-${process.platform}-${process.arch}`;
const PROGRAM = 'fake-gcs-server';

export interface FakeGcs {
  /** http://host:port, the same after a restart */
  readonly endpoint: string;
  /** in order; `start` brings it back on its data and port */
  stop(): Promise<void>;
  /** kill -9 */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

/**
 * Path of the program; built at the first use (about a minute).
 * @throws Unavailable without Go or without a way to its modules
 */
export async function fakeGcsProgram(): Promise<string> {
  if (!(await isCached(FOLDER))) {
    await requirePrograms(SERVER, [{ command: 'go', versionArgs: ['version'], debianPackage: 'golang-go' }]);
  }
  return path.join(await cachedFolder(FOLDER, build), PROGRAM);
}

async function build(folder: string): Promise<void> {
  say(`building ${SERVER} with Go (about a minute) ...`);
  await mkdir(folder);
  const env = { ...process.env, GOBIN: folder };
  const { exitCode, stderr } = await read('go', ['install', MODULE], { env });
  if (exitCode === 0) return;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  throw new Unavailable(
    SERVER,
    `go install failed (${said})`,
    'It needs Go 1.21 or newer, which fetches a newer one by itself, and the network.',
  );
}

/**
 * Starts it with no bucket and waits until it answers.
 * @throws Unavailable when it can't be had on this machine (`reasonWhyNot(fakeGcsProgram)` tells beforehand)
 */
export async function startFakeGcs(): Promise<FakeGcs> {
  const command = await fakeGcsProgram();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'permafrost-gcs-'));
  const [port = 0] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const listen = ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port), '-public-host', `127.0.0.1:${port}`];
  const data = ['-backend', 'filesystem', '-filesystem-root', path.join(dataDir, 'data')];
  const server = new ServerProcess({
    name: SERVER,
    command,
    args: [...listen, ...data, '-log-level', 'error'],
    logFile: path.join(dataDir, 'server.log'),
    probe: async () => {
      const { ok, status } = await fetch(`${endpoint}/storage/v1/b?project=probe`);
      if (!ok) throw new Error(`it answers ${status}`);
    },
  });
  await server.start();
  return {
    endpoint,
    stop: () => server.stop(),
    kill: () => server.kill(),
    start: () => server.start(),
    close: async () => {
      await server.kill();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
