"""Mixed records for a topic, and the comparison of two topics, by a client that shares nothing with Permafrost.

mixed-records.py produce BROKER TOPIC PARTITIONS COUNT
mixed-records.py compare BROKER TOPIC OTHER_TOPIC [OTHER_BROKER]   prints how many records both have, or what differs
mixed-records.py commit BROKER GROUP TOPIC OFFSET...       commits offsets for partitions 0, 1, ...
mixed-records.py position BROKER GROUP TOPIC               prints the record that the group reads next in each partition
"""

import json
import os
import random
import sys

try:
    import confluent_kafka as ck
except ImportError:
    sys.exit("confluent_kafka is missing: install the Debian package python3-confluent-kafka")

# confluent_kafka 1.7.0 gives back one reference to None too many for each header without a value
SPARE_NONES = [None] * 5_000_000

TEXTS = ["", "plain", 'with "quotes" and \\ and \n and \x00 and \x1f', "Zürich \U0001f68c", "\ufeff\u2028", "x" * 3000]


def some_bytes(rng):
    kind = rng.randrange(10)
    if kind == 0:
        return None
    if kind == 1:
        return bytes(rng.randrange(256) for _ in range(rng.randrange(40)))
    if kind < 4:
        return rng.choice(TEXTS).encode()
    return json.dumps({"VEHICLE_ID": rng.randrange(5000), "METERS": rng.random(), "note": '"'}).encode()


def some_headers(rng):
    names = ["a", "b", "10", "1", "source", "ä"]
    return [(rng.choice(names), some_bytes(rng)) for _ in range(rng.randrange(5))]


def produce(broker, topic, partitions, count):
    partitions, count = int(partitions), int(count)
    rng = random.Random(7)
    failures = []

    def delivered(error, _message):
        if error is not None:
            failures.append(str(error))

    def producer(codec, **settings):
        common = {"bootstrap.servers": broker, "compression.codec": codec, "linger.ms": 20, "message.max.bytes": 1000000}
        return ck.Producer({**common, **settings})

    def send(to, index):
        stamp = 1671494400000 + rng.choice([index, -index * 1000, rng.randrange(5 * 10**10)])
        args = {"key": some_bytes(rng), "value": some_bytes(rng), "headers": some_headers(rng)}
        place = index % partitions
        while True:
            try:
                to.produce(topic, partition=place, timestamp=max(1, stamp), on_delivery=delivered, **args)
                return
            except BufferError:
                to.poll(0.1)

    codecs = ["none", "gzip", "lz4", "zstd", "snappy"]
    share = count // (len(codecs) + 1)
    index = 0
    for codec in codecs:
        to = producer(codec)
        for _ in range(share):
            send(to, index)
            index += 1
        to.flush()
    to = producer("none", **{"transactional.id": "mixed-records"})
    to.init_transactions(30)
    while index < count:
        to.begin_transaction()
        for _ in range(min(2000, count - index)):
            send(to, index)
            index += 1
        to.flush()
        if index % 3 == 0:
            to.commit_transaction(30)
        else:
            to.commit_transaction(30)
            to.begin_transaction()
            for extra in range(partitions * 5):
                send(to, extra)
            to.flush()
            to.abort_transaction(30)
    aborted = [failure for failure in failures if "PURGE" not in failure]
    if aborted:
        sys.exit(aborted[0])


def read(broker, topic):
    consumer = ck.Consumer(
        {
            "bootstrap.servers": broker,
            "group.id": "compare",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            "check.crcs": True,
        }
    )
    partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
    consumer.assign([ck.TopicPartition(topic, number, ck.OFFSET_BEGINNING) for number in partitions])
    records = {number: [] for number in partitions}
    ended = set()
    while len(ended) < len(partitions):
        for message in consumer.consume(10000, timeout=1):
            error = message.error()
            if error is not None and error.code() == ck.KafkaError._PARTITION_EOF:
                ended.add(message.partition())
            elif error is not None:
                sys.exit(str(error))
            else:
                content = (message.timestamp(), message.key(), message.value(), message.headers() or [])
                records[message.partition()].append(content)
    consumer.close()
    return records


def compare(broker, topic, other, other_broker=None):
    first, second = read(broker, topic), read(other_broker or broker, other)
    if first.keys() != second.keys():
        sys.exit(f"{topic} has {len(first)} partitions, {other} {len(second)}")
    for number, records in first.items():
        copies = second[number]
        for place, (record, copy) in enumerate(zip(records, copies)):
            if record != copy:
                sys.exit(f"partition {number}, record {place}: {record} became {copy}")
        if len(records) != len(copies):
            sys.exit(f"partition {number}: {len(records)} records became {len(copies)}")
    print(sum(len(records) for records in first.values()))


def member(broker, group):
    settings = {"enable.auto.commit": False, "enable.partition.eof": True, "isolation.level": "read_committed"}
    return ck.Consumer({"bootstrap.servers": broker, "group.id": group, **settings})


def commit(broker, group, topic, *offsets):
    consumer = member(broker, group)
    places = [ck.TopicPartition(topic, number, int(offset)) for number, offset in enumerate(offsets)]
    for place in consumer.commit(offsets=places, asynchronous=False):
        if place.error is not None:
            sys.exit(str(place.error))
    consumer.close()


def position(broker, group, topic):
    consumer = member(broker, group)
    numbers = sorted(consumer.list_topics(topic, timeout=30).topics[topic].partitions)
    found = []
    for place in consumer.committed([ck.TopicPartition(topic, number) for number in numbers], timeout=30):
        if place.offset < 0:
            found.append("nothing committed")
            continue
        reader = member(broker, group)
        reader.assign([place])
        message = reader.poll(30)
        if message is None:
            sys.exit(f"no answer for partition {place.partition}")
        error = message.error()
        if error is not None and error.code() != ck.KafkaError._PARTITION_EOF:
            sys.exit(str(error))
        reader.close()
        found.append("end" if error is not None else repr((message.timestamp(), message.key(), message.value())))
    consumer.close()
    print(json.dumps(found))


COMMANDS = {"produce": produce, "compare": compare, "commit": commit, "position": position}
COMMANDS[sys.argv[1]](*sys.argv[2:])
sys.stdout.flush()
os._exit(0)  # without counting references
