"""The archiving script that people write: kafka-python, json, zlib; its output is piped into age.

script.py BROKER TOPIC MESSAGES
"""

import base64
import json
import sys
import zlib

from kafka import KafkaConsumer

broker, topic, messages = sys.argv[1], sys.argv[2], int(sys.argv[3])
consumer = KafkaConsumer(topic, bootstrap_servers=[broker], auto_offset_reset="earliest", enable_auto_commit=False)
packer = zlib.compressobj(6, zlib.DEFLATED, 31)
out = sys.stdout.buffer


def text(value):
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}


seen = 0
for message in consumer:
    line = {
        "partition": message.partition,
        "offset": message.offset,
        "timestamp": message.timestamp,
        "key": text(message.key),
        "value": text(message.value),
        "headers": [[name, text(value)] for name, value in message.headers],
    }
    out.write(packer.compress(json.dumps(line).encode() + b"\n"))
    seen += 1
    if seen == messages:
        break
out.write(packer.flush())
