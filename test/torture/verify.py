"""An independent reader of the bucket, which shares no code with the archiver: age, zstd and gzip open the archives.

    verify.py SETTINGS.json

Compares the archives with the truth (truth.py): every record exactly once, byte for byte; each chain from 0 on without a
break, at most one object a position; nothing that was acknowledged is missing, nothing that was aborted is there. Prints a
summary as JSON; exit code 1 and a line a defect on stderr otherwise.
"""
import base64
import hashlib
import json
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

MAX_SHOWN = 30
ID_HEADER = base64.b64encode(b'id').decode()
NAME = re.compile(r'^(?P<chain>.+/(?P<topic>[^/]+)/(?P<life>[^/]+)/partition=(?P<partition>\d+))/(?P<first>\d{20})\.permafrost$')

with open(sys.argv[1]) as file:
    settings = json.load(file)
defects = []


def defect(text):
    defects.append(text)


def list_objects():
    token = None
    while True:
        query = {'pageToken': token} if token else {}
        url = f"{settings['endpoint']}/storage/v1/b/{settings['bucket']}/o?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url) as answer:
            page = json.load(answer)
        yield from page.get('items', [])
        token = page.get('nextPageToken')
        if token is None:
            return


def run(args, data):
    done = subprocess.run(args, input=data, capture_output=True)
    if done.returncode != 0:
        raise ValueError(f"{' '.join(args)} ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def open_archive(item):
    """The lines of one archive, as the tools of age and of its codec give them."""
    url = f"{settings['endpoint']}/storage/v1/b/{settings['bucket']}/o/{urllib.parse.quote(item['name'], safe='')}?alt=media"
    with urllib.request.urlopen(url) as answer:
        data = answer.read()
    if base64.b64encode(hashlib.md5(data).digest()).decode() != item['md5Hash']:
        raise ValueError('the body is not what the listing says')
    if data.startswith(b'age-encryption.org/v1\n'):
        identities = [flag for path in settings['identities'] for flag in ('-i', path)]
        data = run(['age', '-d', *identities], data)
    elif item['metadata'].get('recipients'):
        raise ValueError('it says that it is encrypted, and is not')
    codec = item['metadata']['codec']
    if codec == 'zstd':
        data = run(['zstd', '-dcq'], data)
    elif codec == 'gzip':
        data = run(['gzip', '-dc'], data)
    if data and not data.endswith(b'\n'):
        raise ValueError('its last line does not end')
    return [canonical(line) for line in data.split(b'\n')[:-1]]


def canonical(line):
    """In the form of truth.py."""
    record = json.loads(line)
    if list(record) != ['offset', 'timestamp', 'key', 'value', 'headers']:
        raise ValueError(f'a line of another form: {line[:200]!r}')
    headers = [[in_base64(name), in_base64(value)] for name, value in record['headers']]
    return [record['offset'], record['timestamp'], in_base64(record['key']), in_base64(record['value']), headers]


def in_base64(field):
    if field is None:
        return None
    if isinstance(field, dict):
        return field['base64']
    return base64.b64encode(field.encode()).decode()


def read_truth(partition):
    with open(f"{settings['truth']}/{partition}.jsonl") as file:
        return [json.loads(line) for line in file]


def check_chain(partition, items):
    """@returns the records of all its archives, in order"""
    archived = []
    expected = 0
    with ThreadPoolExecutor(settings['threads']) as pool:
        for item, lines in zip(items, pool.map(tried_open, items)):
            name, metadata = item['name'], item['metadata']
            first, following = int(metadata['first-offset']), int(metadata['next-offset'])
            if first != int(NAME.match(name)['first']):
                defect(f'{name}: its metadata says {first}')
            if first != expected:
                defect(f'{name}: the chain breaks, {expected} was next')
            if following <= first:
                defect(f'{name}: it covers nothing ({first} to {following})')
            expected = following
            if metadata.get('gap'):
                defect(f"{name}: a gap ({metadata['gap']}), and nothing had expired")
            if isinstance(lines, Exception):
                defect(f'{name}: {lines}')
                continue
            counted = sum(int(metadata[key]) for key in ('records', 'control', 'aborted'))
            if counted != following - first or any(int(metadata[key]) for key in ('dropped', 'corrupt')):
                defect(f'{name}: it accounts for {counted} of {following - first} offsets: {metadata}')
            if len(lines) != int(metadata['records']):
                defect(f"{name}: {len(lines)} lines, its metadata says {metadata['records']}")
            if any(not first <= line[0] < following for line in lines):
                defect(f'{name}: a record outside of its coverage')
            archived.extend(lines)
    return archived, expected


def tried_open(item):
    try:
        return open_archive(item)
    except (ValueError, KeyError) as error:
        return error


def compare(partition, archived):
    truth = read_truth(partition)
    if archived == truth:
        return truth
    wanted = {record[0]: record for record in truth}
    found = defaultdict(list)
    for record in archived:
        found[record[0]].append(record)
    for offset, record in wanted.items():
        if offset not in found:
            defect(f'partition {partition}: offset {offset} is lost: {record}')
        elif len(found[offset]) > 1:
            defect(f'partition {partition}: offset {offset} is archived {len(found[offset])} times')
        elif found[offset][0] != record:
            defect(f'partition {partition}: offset {offset} is {found[offset][0]}, in the topic {record}')
    for offset in found:
        if offset not in wanted:
            defect(f'partition {partition}: offset {offset} is archived, and not in the topic: {found[offset][0]}')
    if not defects:
        defect(f'partition {partition}: the order differs')
    return truth


def id_of(record):
    for name, value in record[4]:
        if name == ID_HEADER:
            return base64.b64decode(value).decode()
    return base64.b64decode(record[3]).split(b' ')[0].decode()


def check_acknowledged(ids):
    """@param ids how often each was read from the topic"""
    with open(settings['sent']) as file:
        sent = json.load(file)
    for acknowledged in sent['acknowledged']:
        if acknowledged not in ids:
            defect(f'{acknowledged} was acknowledged, and is not in the topic')
    for aborted in sent['aborted']:
        if aborted in ids:
            defect(f'{aborted} was aborted, and is in the topic')
    return sent


chains = defaultdict(list)
objects = list(list_objects())
for item in objects:
    match = NAME.match(item['name'])
    if match is None or match['topic'] != settings['topic']:
        if '/@snapshots/' not in item['name']:
            defect(f"{item['name']} is no archive's name")
        continue
    chains[match['chain']].append(item)
by_partition = {}
for chain, items in chains.items():
    partition = int(NAME.match(items[0]['name'])['partition'])
    if partition in by_partition:
        defect(f'partition {partition} has two chains: {chain}')
    by_partition[partition] = sorted(items, key=lambda item: item['name'])

ids = set()
records = 0
unencrypted = 0
for partition_name, end in settings['ends'].items():
    partition = int(partition_name)
    items = by_partition.pop(partition, [])
    archived, reached = check_chain(partition, items)
    if reached != end:
        defect(f'partition {partition} is archived up to {reached}, the topic ends at {end}')
    for record in compare(partition, archived):
        ids.add(id_of(record))
    records += len(archived)
    unencrypted += sum(1 for item in items if not item['metadata'].get('recipients'))
for partition in by_partition:
    defect(f'partition {partition} is not in the topic')
sent = check_acknowledged(ids)

for text in defects[:MAX_SHOWN]:
    print(text, file=sys.stderr)
if len(defects) > MAX_SHOWN:
    print(f'... and {len(defects) - MAX_SHOWN} more', file=sys.stderr)
print(json.dumps({
    'records': records,
    'objects': len(objects),
    'encrypted': len(objects) - unencrypted,
    'acknowledged': len(sent['acknowledged']),
    'aborted': len(sent['aborted']),
}))
sys.exit(1 if defects else 0)
