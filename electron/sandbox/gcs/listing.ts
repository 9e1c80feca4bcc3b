import { invalid } from './http-error';
import { compareNames, type ObjectFiles, type ObjectRecord } from './object-files';

export interface ListQuery {
  readonly prefix: string;
  readonly delimiter: string;
  /** inclusive */
  readonly startOffset: string;
  /** exclusive; empty for none */
  readonly endOffset: string;
  readonly maxResults: number;
  readonly pageToken: string;
}

export interface Listing {
  readonly items: readonly ObjectRecord[];
  readonly prefixes: readonly string[];
  readonly nextPageToken: string | undefined;
}

/** Behind every name that begins with it. */
const AFTER_ALL = '\u{10FFFF}';

/**
 * One page. Names that have the delimiter behind the prefix are folded into prefixes, which count as results.
 * Source: cloud.google.com/storage/docs/json_api/v1/objects/list
 */
export function listPage(files: ObjectFiles, query: ListQuery): Listing {
  const { prefix, delimiter, startOffset, endOffset, maxResults, pageToken } = query;
  const items: ObjectRecord[] = [];
  const prefixes: string[] = [];
  let next = [prefix, startOffset, decodeToken(pageToken)].sort((a, b) => compareNames(b, a))[0] ?? '';
  for (;;) {
    const object = files.from(next).next().value;
    if (object === undefined || isPast(object.name)) return { items, prefixes, nextPageToken: undefined };
    if (items.length + prefixes.length === maxResults) {
      return { items, prefixes, nextPageToken: encodeToken(object.name) };
    }
    const cut = delimiter === '' ? -1 : object.name.indexOf(delimiter, prefix.length);
    if (cut < 0) {
      items.push(object);
      next = `${object.name}\0`;
    } else {
      const folded = object.name.slice(0, cut + delimiter.length);
      prefixes.push(folded);
      next = folded + AFTER_ALL;
    }
  }

  function isPast(name: string): boolean {
    if (!name.startsWith(prefix)) return true;
    return endOffset !== '' && compareNames(name, endOffset) >= 0;
  }
}

function encodeToken(name: string): string {
  return Buffer.from(name, 'utf8').toString('base64url');
}

function decodeToken(token: string): string {
  const name = Buffer.from(token, 'base64url').toString('utf8');
  if (encodeToken(name) !== token) throw invalid('Invalid page token.');
  return name;
}
