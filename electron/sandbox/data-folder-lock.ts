/**
 * Sees to it that one server at a time works on a data folder. The lock is a file that names the process and the port
 * it listens on. It is stale, and taken over, when that process is gone or nothing listens there any more (a worker
 * thread that was terminated, a process id that was given out again).
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { PermafrostError } from '../../shared/errors';
import { isMissingFile } from './state-file';

const Holder = z.object({ pid: z.int().positive(), host: z.string(), port: z.int().positive() });
type Holder = z.infer<typeof Holder>;

export interface DataFolderLock {
  release(): Promise<void>;
}

/**
 * @param self where this server listens already
 * @throws PermafrostError SANDBOX_FAILED if another server works on the folder
 */
export async function lockDataFolder(dataDir: string, self: Omit<Holder, 'pid'>): Promise<DataFolderLock> {
  const path = join(dataDir, 'lock');
  const content = JSON.stringify({ pid: process.pid, ...self });
  if (!(await createLock(path, content))) {
    const holder = await readHolder(path);
    if (holder !== undefined && (await isRunning(holder))) throw folderInUse(dataDir, holder);
    await rm(path, { force: true });
    if (!(await createLock(path, content))) throw folderInUse(dataDir, await readHolder(path));
  }
  return { release: () => rm(path, { force: true }) };
}

async function createLock(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined if the file is gone, or its writer died before it was whole. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return Holder.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch (error) {
    if (isMissingFile(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function isRunning({ pid, host, port }: Holder): Promise<boolean> {
  return isAlive(pid) && (await isListening(host, port));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

function folderInUse(dataDir: string, holder: Holder | undefined): PermafrostError {
  const who = holder === undefined ? 'another program' : `process ${holder.pid}, which listens on port ${holder.port}`;
  return new PermafrostError(
    'SANDBOX_FAILED',
    `The sandbox data folder ${dataDir} is in use by ${who}. Stop that one first, or choose another data folder.`,
    { context: { dataDir, ...(holder === undefined ? {} : { pid: holder.pid, port: holder.port }) } },
  );
}
