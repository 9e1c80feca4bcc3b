import { invalid } from './http-error';
import { compareNames, type ObjectIndex } from './object-index';
import type { ObjectRecord } from './object-record';

export interface ListQuery {
  readonly prefix: string;
  readonly delimiter: string;
  /** inclusive */
  readonly startOffset: string;
  /** exclusive; empty for none */
  readonly endOffset: string;
  /** all generations, not the live ones alone */
  readonly versions: boolean;
  readonly maxResults: number;
  readonly pageToken: string;
}

export interface Listing {
  readonly items: readonly ObjectRecord[];
  readonly prefixes: readonly string[];
  readonly nextPageToken: string | undefined;
}

/** The next object of a listing that is cut into pages. */
interface Place {
  readonly name: string;
  readonly generation: bigint;
}

/** Behind every name that begins with it. */
const AFTER_ALL = '\u{10FFFF}';

/**
 * One page. Names that have the delimiter behind the prefix are folded into prefixes, which count as results.
 * Source: cloud.google.com/storage/docs/json_api/v1/objects/list
 */
export function listPage(index: Pick<ObjectIndex, 'liveFrom' | 'generationsFrom'>, query: ListQuery): Listing {
  const { prefix, delimiter, endOffset, maxResults } = query;
  const items: ObjectRecord[] = [];
  const prefixes: string[] = [];
  let objects = from(firstPlace(query));
  for (;;) {
    const object = objects.next().value;
    if (object === undefined || isPast(object.name)) return { items, prefixes, nextPageToken: undefined };
    if (items.length + prefixes.length === maxResults) {
      return { items, prefixes, nextPageToken: encodeToken(object) };
    }
    const cut = delimiter === '' ? -1 : object.name.indexOf(delimiter, prefix.length);
    if (cut < 0) {
      items.push(object);
    } else {
      const folded = object.name.slice(0, cut + delimiter.length);
      prefixes.push(folded);
      objects = from({ name: folded + AFTER_ALL, generation: 0n });
    }
  }

  function from({ name, generation }: Place): Generator<ObjectRecord, undefined> {
    return query.versions ? index.generationsFrom(name, generation) : index.liveFrom(name);
  }

  function isPast(name: string): boolean {
    if (!name.startsWith(prefix)) return true;
    return endOffset !== '' && compareNames(name, endOffset) >= 0;
  }
}

function firstPlace({ prefix, startOffset, pageToken }: ListQuery): Place {
  const told = compareNames(prefix, startOffset) < 0 ? startOffset : prefix;
  const left = pageToken === '' ? null : decodeToken(pageToken);
  return left === null || compareNames(left.name, told) < 0 ? { name: told, generation: 0n } : left;
}

function encodeToken({ generation, name }: ObjectRecord): string {
  return Buffer.from(`${generation}/${name}`, 'utf8').toString('base64url');
}

function decodeToken(token: string): Place {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  const match = /^(\d+)\/(.*)$/s.exec(text);
  if (match === null || Buffer.from(text, 'utf8').toString('base64url') !== token) throw invalid('Invalid page token.');
  return { name: match[2] ?? '', generation: BigInt(match[1] ?? '0') };
}
