"""The truth: the topic as an independent client reads it, read_committed, from its beginning to its end.

    truth.py BROKER TOPIC OUT_DIR

Writes OUT_DIR/<partition>.jsonl, a line a record: [offset, timestamp, key, value, [[name, value], ...]], bytes in base64,
null where there are none. Prints {"partition": records, ...} as JSON.
"""
import base64
import json
import sys
import time

import confluent_kafka as ck

broker, topic, out_dir = sys.argv[1:4]
PATIENCE_S = 120


def text(data):
    if data is None:
        return None
    return base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()


consumer = ck.Consumer({
    'bootstrap.servers': broker,
    'group.id': 'truth',
    'enable.auto.commit': False,
    'auto.offset.reset': 'error',
    'isolation.level': 'read_committed',
    'enable.partition.eof': True,
    'check.crcs': True,
})
partitions = sorted(consumer.list_topics(topic, 30).topics[topic].partitions)
ends = {p: consumer.get_watermark_offsets(ck.TopicPartition(topic, p), 30)[1] for p in partitions}
consumer.assign([ck.TopicPartition(topic, p, 0) for p in partitions])
files = {p: open(f'{out_dir}/{p}.jsonl', 'w') for p in partitions}
counts = {p: 0 for p in partitions}
open_partitions = set(partitions)
deadline = time.monotonic() + PATIENCE_S

while open_partitions:
    if time.monotonic() > deadline:
        sys.exit(f'the topic was not read to its end within {PATIENCE_S} s: {open_partitions} of {ends}')
    for message in consumer.consume(5000, 1):
        error = message.error()
        partition = message.partition()
        if error is not None:
            if error.code() != ck.KafkaError._PARTITION_EOF:
                sys.exit(f'partition {partition}: {error}')
            # the end that readers of committed records see; an open transaction may hold it back
            if message.offset() >= ends[partition]:
                open_partitions.discard(partition)
            else:
                consumer.seek(ck.TopicPartition(topic, partition, message.offset()))
            continue
        kind, timestamp = message.timestamp()
        headers = [[text(name), text(value)] for name, value in (message.headers() or [])]
        record = [message.offset(), timestamp if kind != ck.TIMESTAMP_NOT_AVAILABLE else -1,
                  text(message.key()), text(message.value()), headers]
        files[partition].write(json.dumps(record) + '\n')
        counts[partition] += 1

for file in files.values():
    file.close()
consumer.close()
print(json.dumps({'records': counts, 'ends': ends}))
