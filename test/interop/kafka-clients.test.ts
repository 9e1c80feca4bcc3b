/**
 * Clients other people wrote, against the sandbox broker: kcat and confluent-kafka, both on librdkafka. They come from
 * Debian (kcat, python3-confluent-kafka). Where one is missing its tests fail and say so: a test that skips itself
 * proves nothing.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startSandboxBroker } from '../../electron/sandbox/kafka/broker';

/** Debian's own Python: another one that comes first in the PATH does not see Debian's modules. */
const DEBIAN_PYTHON = '/usr/bin/python3';

async function startBroker(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'permafrost-interop-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const broker = await startSandboxBroker({ dataDir, port: 0, defaultPartitions: 3 });
  onTestFinished(() => broker.close());
  return `${broker.host}:${broker.port}`;
}

/** Runs a program to its end. @throws unless it ends with exit code 0 */
function run(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe' });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (error) => {
      const advice = 'Install the Debian packages kcat and python3-confluent-kafka to run this test.';
      reject(new Error(`${program} cannot be started: ${error.message}. ${advice}`));
    });
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(stdout).toString());
      else reject(new Error(`${program} ended with ${String(code)}: ${Buffer.concat(stderr).toString()}`));
    });
    child.stdin.end(input);
  });
}

/** Runs Python lines that find the broker's address in `broker`. */
function runPython(broker: string, lines: string): Promise<string> {
  const program = [
    'import json, sys',
    'try:',
    '    import confluent_kafka as ck',
    'except ImportError:',
    '    sys.exit("confluent_kafka is missing: install the Debian package python3-confluent-kafka")',
    'from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic',
    'broker = sys.argv[1]',
    lines,
  ];
  return run(DEBIAN_PYTHON, ['-c', program.join('\n'), broker]);
}

const NUMBERS = Array.from({ length: 1000 }, (_, at) => String(at));

const inOrder = (lines: string): string[] =>
  lines
    .trimEnd()
    .split('\n')
    .sort((a, b) => Number(a) - Number(b));

test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('kcat produces and consumes with codec %s', async (codec) => {
  const broker = await startBroker();

  await run('kcat', ['-b', broker, '-P', '-t', 'numbers', '-z', codec], NUMBERS.join('\n'));
  const consumed = await run('kcat', ['-b', broker, '-C', '-t', 'numbers', '-e', '-q']);

  expect(inOrder(consumed)).toEqual(NUMBERS);
});

test('kcat consumes as a member of a group and goes on where it stopped', async () => {
  const broker = await startBroker();
  const consume = ['-b', broker, '-G', 'riders', '-X', 'auto.offset.reset=earliest', '-q'];

  await run('kcat', ['-b', broker, '-P', '-t', 'numbers'], '1\n2\n');
  expect(inOrder(await run('kcat', [...consume, '-c', '2', 'numbers']))).toEqual(['1', '2']);
  await run('kcat', ['-b', broker, '-P', '-t', 'numbers'], '3\n');

  expect(inOrder(await run('kcat', [...consume, '-c', '1', 'numbers']))).toEqual(['3']);
});

test('kcat lists topics and asks for offsets', async () => {
  const broker = await startBroker();
  await run('kcat', ['-b', broker, '-P', '-t', 'numbers', '-p', '1'], '1\n2\n3\n');

  const listed: unknown = JSON.parse(await run('kcat', ['-b', broker, '-L', '-J']));
  expect(listed).toMatchObject({ topics: [{ topic: 'numbers', partitions: [{}, {}, {}] }] });
  expect(await run('kcat', ['-b', broker, '-Q', '-t', 'numbers:1:-1'])).toContain('numbers [1] offset 3');
});

test('confluent-kafka administers, produces idempotently and consumes in a group', async () => {
  const broker = await startBroker();

  const answer = await runPython(
    broker,
    `
admin = AdminClient({'bootstrap.servers': broker})
admin.create_topics([NewTopic('buses', 3, 1, config={'retention.ms': '1234'})])['buses'].result(10)
resource = ConfigResource('topic', 'buses')
retention = admin.describe_configs([resource])[resource].result(10)['retention.ms'].value

failed = []
producer = ck.Producer({'bootstrap.servers': broker, 'enable.idempotence': True})
for n in range(1000):
    producer.produce('buses', str(n), key=str(n), headers=[('h', b'1'), ('h', None)],
                     on_delivery=lambda error, _: failed.append(str(error)) if error else None)
left = producer.flush(20)

consumer = ck.Consumer({'bootstrap.servers': broker, 'group.id': 'riders', 'auto.offset.reset': 'earliest',
                        'enable.auto.commit': False})
consumer.subscribe(['buses'])
messages = []
while len(messages) < 1000:
    message = consumer.poll(20)
    assert message is not None and message.error() is None, message
    messages.append(message)
consumer.commit(asynchronous=False)
committed = consumer.committed([ck.TopicPartition('buses', p) for p in range(3)], 10)
consumer.close()
admin.delete_topics(['buses'])['buses'].result(10)

print(json.dumps({
    'retention': retention, 'failed': failed, 'left': left,
    'values': sorted(int(m.value()) for m in messages),
    'headers': messages[0].headers() == [('h', b'1'), ('h', None)],
    'committed': sum(p.offset for p in committed),
}))
`,
  );

  expect(JSON.parse(answer)).toEqual({
    retention: '1234',
    failed: [],
    left: 0,
    values: NUMBERS.map(Number),
    headers: true,
    committed: 1000,
  });
});
