import { expect, test } from 'vitest';
import { read } from '../../scripts/child-process.mjs';

const node = (script: string) => read(process.execPath, ['-e', script]);

test('what a command says and its exit code come back', async () => {
  expect(await node('console.log("out"); console.error("err"); process.exitCode = 3')).toEqual({
    exitCode: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
});

test('a killed command ends as a shell would say it', async () => {
  expect((await node('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)')).exitCode).toBe(143);
});

test('a command that does not exist ends with 127', async () => {
  expect((await read('permafrost-no-such-command', [])).exitCode).toBe(127);
});
