/**
 * Clients other people wrote, against the sandbox broker: kcat and confluent-kafka, both on librdkafka. They come from
 * Debian (kcat, python3-confluent-kafka). Where one is missing its tests fail and say so: a test that skips itself
 * proves nothing.
 */
import { expect, test } from 'vitest';
import { run, runPython, startBroker } from './foreign-clients';

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

test('confluent-kafka commits, aborts, is fenced, commits offsets and reads what is committed', async () => {
  const broker = await startBroker();

  const answer = await runPython(
    broker,
    `
admin = AdminClient({'bootstrap.servers': broker})
admin.create_topics([NewTopic('buses', 1, 1)])['buses'].result(10)

def connect():
    producer = ck.Producer({'bootstrap.servers': broker, 'transactional.id': 'depot'})
    producer.init_transactions(20)
    return producer

def consumer(**settings):
    return ck.Consumer({'bootstrap.servers': broker, 'group.id': 'riders', 'auto.offset.reset': 'earliest',
                        'enable.auto.commit': False, 'isolation.level': 'read_committed', **settings})

def read(reader, count):
    messages = []
    while len(messages) < count:
        message = reader.poll(20)
        assert message is not None and message.error() is None, message
        messages.append([message.offset(), message.value().decode()])
    return messages

producer = connect()
producer.begin_transaction()
producer.produce('buses', 'a')
producer.produce('buses', 'b')
producer.commit_transaction(20)
producer.begin_transaction()
producer.produce('buses', 'c')
producer.flush(20)
producer.abort_transaction(20)

rider = consumer()
rider.subscribe(['buses'])
first = read(rider, 2)
producer.begin_transaction()
producer.produce('buses', 'd')
producer.send_offsets_to_transaction([ck.TopicPartition('buses', 0, 2)], rider.consumer_group_metadata(), 20)
producer.commit_transaction(20)
committed = rider.committed([ck.TopicPartition('buses', 0)], 20)[0].offset
rider.close()

producer.begin_transaction()
producer.produce('buses', 'e')
producer.flush(20)
heir = connect()
try:
    producer.commit_transaction(20)
    fenced = False
except ck.KafkaException as error:
    fenced = error.args[0].fatal()
heir.begin_transaction()
heir.produce('buses', 'f')
heir.commit_transaction(20)

again = consumer()
again.assign([ck.TopicPartition('buses', 0, 0)])
print(json.dumps({
    'first': first, 'committed': committed, 'fenced': fenced, 'all': read(again, 4),
    'ends': again.get_watermark_offsets(ck.TopicPartition('buses', 0), 20),
    'groups': [group.id for group in admin.list_groups(timeout=20)],
}))
again.close()
`,
  );

  expect(JSON.parse(answer)).toEqual({
    first: [
      [0, 'a'],
      [1, 'b'],
    ],
    committed: 2,
    fenced: true,
    all: [
      [0, 'a'],
      [1, 'b'],
      [5, 'd'],
      [9, 'f'],
    ],
    ends: [0, 11],
    groups: ['riders'],
  });
});

test('a member with a session of two seconds is given partitions that are made while it consumes', async () => {
  const broker = await startBroker();

  const answer = await runPython(
    broker,
    `
from confluent_kafka.admin import NewPartitions
admin = AdminClient({'bootstrap.servers': broker})
admin.create_topics([NewTopic('buses', 1, 1)])['buses'].result(10)
consumer = ck.Consumer({'bootstrap.servers': broker, 'group.id': 'riders', 'auto.offset.reset': 'earliest',
                        'session.timeout.ms': 2000, 'heartbeat.interval.ms': 500,
                        'topic.metadata.refresh.interval.ms': 200})
consumer.subscribe(['buses'])
producer = ck.Producer({'bootstrap.servers': broker, 'topic.metadata.refresh.interval.ms': 200})
producer.produce('buses', 'a', partition=0)
producer.flush(20)

def read():
    message = consumer.poll(30)
    assert message is not None and message.error() is None, message
    return [message.partition(), message.value().decode()]

messages = [read()]
admin.create_partitions([NewPartitions('buses', 3)])['buses'].result(10)
late = ck.Producer({'bootstrap.servers': broker})
late.produce('buses', 'b', partition=2)
late.flush(20)
messages.append(read())
consumer.close()
print(json.dumps(messages))
`,
  );

  expect(JSON.parse(answer)).toEqual([
    [0, 'a'],
    [2, 'b'],
  ]);
});
