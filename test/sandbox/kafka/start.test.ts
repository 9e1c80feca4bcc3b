import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startSandboxBroker } from '../../../electron/sandbox/kafka/broker';
import { makeFolder, startBroker } from './support';

test('a port that is taken is named, with what to do about it', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => {
    other.close();
  });
  const { port } = other.address() as AddressInfo;

  const start = startSandboxBroker({ dataDir: await makeFolder(), port });

  await expect(start).rejects.toMatchObject({ code: 'PORT_TAKEN', context: { port } });
  await expect(start).rejects.toThrow(`port ${port} is used by another program`);
});

test('a data folder another broker works on is refused, and free again when that one is closed', async () => {
  const dataDir = await makeFolder();
  const first = await startBroker({ dataDir });

  await expect(startSandboxBroker({ dataDir, port: 0 })).rejects.toMatchObject({
    code: 'SANDBOX_FAILED',
    context: { dataDir, pid: process.pid, port: first.port },
  });

  await first.close();
  await startBroker({ dataDir });
});

test('the lock of a process that is gone is taken over', async () => {
  const dataDir = await makeFolder();
  const gone = spawn(process.execPath, ['-e', '']);
  await once(gone, 'exit');
  const { port } = await startBroker();
  await writeFile(join(dataDir, 'lock'), JSON.stringify({ pid: gone.pid, host: '127.0.0.1', port }));

  await startBroker({ dataDir });
});

test('the lock of a worker thread that was terminated is taken over', async () => {
  const dataDir = await makeFolder();
  const other = await startBroker();
  await other.close();
  const lock = { pid: process.pid, host: other.host, port: other.port };
  await writeFile(join(dataDir, 'lock'), JSON.stringify(lock));

  await startBroker({ dataDir });
});
