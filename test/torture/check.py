"""
Compares a topic with its archives, with no code of Permafrost: librdkafka reads the topic (read_committed), the bucket is
read through its JSON API, archives are opened with age, zstd and gunzip.

usage: check.py KAFKA TOPIC ENDPOINT BUCKET PREFIX IDENTITIES ACKNOWLEDGED ABORTED
Prints one line of JSON; exit code 1 when something is missing, doubled, changed or out of its place.
"""

import base64
import json
import subprocess
import sys
import urllib.parse
import urllib.request

from confluent_kafka import Consumer, KafkaException, TopicPartition


def read_topic(address, topic):
    consumer = Consumer(
        {
            "bootstrap.servers": address,
            "group.id": "torture-truth",
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "enable.auto.commit": False,
            "auto.offset.reset": "error",
        }
    )
    partitions = sorted(consumer.list_topics(topic, timeout=30).topics[topic].partitions)
    truth = {}
    for partition in partitions:
        low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=30)
        truth[partition] = {"low": low, "high": high, "records": {}}
        consumer.assign([TopicPartition(topic, partition, low)])
        while True:
            message = consumer.poll(60)
            if message is None:
                raise RuntimeError(f"partition {partition} does not end: is a transaction open?")
            if message.error() is not None:
                if message.error().name() == "_PARTITION_EOF":
                    break
                raise KafkaException(message.error())
            truth[partition]["records"][message.offset()] = (
                message.timestamp()[1],
                message.key(),
                message.value(),
                [(name.encode(), value) for name, value in message.headers() or []],
            )
    consumer.close()
    return truth


def fetch(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.read()


def list_objects(endpoint, bucket, prefix):
    token = ""
    while True:
        query = urllib.parse.urlencode({"prefix": prefix, "maxResults": 1000, "pageToken": token})
        page = json.loads(fetch(f"{endpoint}/storage/v1/b/{bucket}/o?{query}"))
        yield from page.get("items", [])
        token = page.get("nextPageToken", "")
        if not token:
            return


def run(command, data):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def open_archive(body, codec, identities):
    if body.startswith(b"age-encryption.org/v1\n"):
        flags = [flag for identity in identities for flag in ("-i", identity)]
        body = run(["age", "-d", *flags], body)
    if codec == "zstd":
        return run(["zstd", "-dcq"], body)
    if codec == "gzip":
        return run(["gunzip", "-c"], body)
    return body


def to_bytes(text):
    if text is None:
        return None
    if isinstance(text, dict):
        return base64.b64decode(text["base64"])
    return text.encode("utf-8", "surrogatepass")


def main():
    address, topic, endpoint, bucket, prefix, identities, acknowledged_file, aborted_file = sys.argv[1:]
    truth = read_topic(address, topic)
    problems = []
    chains = {}
    for item in list_objects(endpoint, bucket, f"{prefix}/{topic}/"):
        meta = item.get("metadata", {})
        chains.setdefault((item["name"].split("/")[2], int(meta["partition"])), []).append((item, meta))
    archived = {partition: {} for partition in truth}
    objects = 0
    for (life, partition), items in sorted(chains.items()):
        expected = 0
        for item, meta in items:
            objects += 1
            name, first, following = item["name"], int(meta["first-offset"]), int(meta["next-offset"])
            if name.rsplit("/", 1)[1] != f"{first:020d}.permafrost":
                problems.append(f"{name}: its metadata begins at {first}")
            if first != expected:
                problems.append(f"{name}: begins at {first}, the chain stands at {expected}")
            expected = following
            url = f"{endpoint}/storage/v1/b/{bucket}/o/{urllib.parse.quote(name, safe='')}?alt=media"
            lines = open_archive(fetch(url), meta["codec"], identities.split(",")).split(b"\n")[:-1]
            if len(lines) != int(meta["records"]):
                problems.append(f"{name}: {len(lines)} lines, its metadata says {meta['records']}")
            for line in lines:
                record = json.loads(line)
                offset = record["offset"]
                if not first <= offset < following:
                    problems.append(f"{name}: offset {offset} lies outside of it")
                if offset in archived[partition]:
                    problems.append(f"{name}: offset {offset} of partition {partition} is archived twice")
                archived[partition][offset] = (
                    record["timestamp"],
                    to_bytes(record["key"]),
                    to_bytes(record["value"]),
                    [(to_bytes(name), to_bytes(value)) for name, value in record["headers"]],
                )
        if expected != truth[partition]["high"]:
            problems.append(f"partition {partition} ({life}) is archived to {expected} of {truth[partition]['high']}")
    for partition, side in truth.items():
        there, here = side["records"], archived[partition]
        problems += [f"partition {partition}, offset {offset}: missing" for offset in there if offset not in here]
        problems += [f"partition {partition}, offset {offset}: not in Kafka" for offset in here if offset not in there]
        problems += [
            f"partition {partition}, offset {offset}: {here[offset]} is not {there[offset]}"
            for offset in there
            if offset in here and here[offset] != there[offset]
        ]
    keys = {record[1].decode() for side in truth.values() for record in side["records"].values()}
    with open(acknowledged_file, encoding="utf-8") as file:
        acknowledged = set(json.load(file))
    with open(aborted_file, encoding="utf-8") as file:
        aborted = set(json.load(file))
    problems += [f"{key} was acknowledged and is not in the topic" for key in sorted(acknowledged - keys)]
    problems += [f"{key} was aborted and is seen" for key in sorted(aborted & keys)]
    records = sum(len(side["records"]) for side in truth.values())
    summary = {"records": records, "objects": objects, "acknowledged": len(acknowledged), "problems": problems[:20]}
    print(json.dumps(summary))
    sys.exit(1 if problems else 0)


main()
