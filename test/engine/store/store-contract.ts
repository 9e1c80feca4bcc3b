/** What every store must do. A store's test runs this suite on an empty bucket of its own. */
import { crc32c } from '@node-rs/crc32';
import { afterEach, beforeEach, describe, expect, test as run } from 'vitest';
import type { ObjectStore } from '../../../electron/engine/store/port';

export function crcOf(bytes: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32c(bytes));
  return sum.toString('base64');
}

export interface OpenedStore {
  readonly store: ObjectStore;
  /** a bucket that does not exist */
  readonly missing: ObjectStore;
  close(): Promise<void>;
}

/** @param lacks what a server of somebody else's can't do: the reason, by the title of the test that is skipped for it */
export function storeContract(
  name: string,
  open: () => Promise<OpenedStore>,
  lacks: Readonly<Record<string, string>> = {},
): void {
  describe(`the store contract: ${name}`, () => {
    const titles = new Set<string>();
    const test = (title: string, check: () => Promise<void>): void => {
      titles.add(title);
      run(title, async ({ skip }) => {
        const lacking = lacks[title];
        if (lacking !== undefined) skip(lacking);
        await check();
      });
    };
    let opened: Awaited<ReturnType<typeof open>>;
    let store: ObjectStore;
    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
    });
    afterEach(() => opened.close());

    const put = (object: string, text: string, metadata: Record<string, string> = {}) => {
      const body = Buffer.from(text);
      return store.create(object, [body], { metadata, crc32c: crcOf(body) });
    };
    const text = async (object: string): Promise<string> => {
      const pieces: Buffer[] = [];
      for await (const piece of store.stream(object)) pieces.push(piece);
      return Buffer.concat(pieces).toString();
    };

    test('what was created is there, with its metadata', async () => {
      const metadata = { permafrost: '1', topic: 'bus-é', recipients: 'a b' };

      const created = await put('a/b.permafrost', 'ice', metadata);

      const head = await store.head('a/b.permafrost');
      expect(head).toEqual(created);
      expect(head).toMatchObject({ name: 'a/b.permafrost', size: 3, crc32c: crcOf(Buffer.from('ice')), metadata });
      expect(await text('a/b.permafrost')).toBe('ice');
    });

    test('a body in pieces, and an empty one, arrive whole', async () => {
      const pieces = [
        Buffer.alloc(300_000, 1),
        Buffer.alloc(1, 2),
        Buffer.from('\r\n--boundary\r\n'),
        Buffer.alloc(70_000, 3),
      ];
      const whole = Buffer.concat(pieces);

      await store.create('pieces', pieces, { metadata: {}, crc32c: crcOf(whole) });
      await put('empty', '');

      expect(await store.read('pieces', { start: 0, end: whole.length })).toEqual(whole);
      expect(await text('empty')).toBe('');
    });

    test('nothing is overwritten', async () => {
      const first = await put('once', 'first');

      await expect(put('once', 'second')).rejects.toMatchObject({ code: 'STORE_CONFLICT' });

      expect(await store.head('once')).toEqual(first);
      expect(await text('once')).toBe('first');
    });

    test('of two writers at the same moment one wins, the other is told', async () => {
      const outcomes = await Promise.allSettled([put('race', 'a'), put('race', 'b'), put('race', 'c')]);

      const won = outcomes.filter(({ status }) => status === 'fulfilled');
      const reasons = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
      expect(won).toHaveLength(1);
      expect(reasons).toEqual([
        expect.objectContaining({ code: 'STORE_CONFLICT' }),
        expect.objectContaining({ code: 'STORE_CONFLICT' }),
      ]);
    });

    test('a body that does not match its checksum is refused and leaves nothing', async () => {
      const refused = store.create('bad', [Buffer.from('ice')], { metadata: {}, crc32c: crcOf(Buffer.from('water')) });

      await expect(refused).rejects.toMatchObject({ code: 'STORE_REFUSED' });
      expect(await store.head('bad')).toBeNull();
    });

    test('a list has pages, a prefix, a delimiter and a first name', async () => {
      for (const each of ['t/1/p=0/a', 't/1/p=0/b', 't/1/p=1/a', 't/2/p=0/a', 'u/1/p=0/a']) await put(each, each);

      const names = async (query: Parameters<ObjectStore['list']>[0]) => {
        const page = await store.list(query);
        return [
          ...page.objects.map((object) => object.name),
          ...page.prefixes,
          ...(page.nextPageToken === null ? [] : ['…']),
        ];
      };
      const first = await store.list({ pageSize: 2 });
      const second = await store.list({ pageSize: 2, pageToken: first.nextPageToken ?? '' });

      expect(await names({ prefix: 't/1/' })).toEqual(['t/1/p=0/a', 't/1/p=0/b', 't/1/p=1/a']);
      expect(await names({ prefix: 't/', delimiter: '/' })).toEqual(['t/1/', 't/2/']);
      expect(await names({ prefix: 't/1/', startOffset: 't/1/p=0/b' })).toEqual(['t/1/p=0/b', 't/1/p=1/a']);
      expect([...first.objects, ...second.objects].map((object) => object.name)).toEqual([
        't/1/p=0/a',
        't/1/p=0/b',
        't/1/p=1/a',
        't/2/p=0/a',
      ]);
      expect(await names({ prefix: 'nothing' })).toEqual([]);
    });

    test('ranges are read as asked for', async () => {
      await put('digits', '0123456789');

      expect((await store.read('digits', { start: 3, end: 7 })).toString()).toBe('3456');
      expect((await store.read('digits', { start: 9, end: 10 })).toString()).toBe('9');
      expect(await store.read('digits', { start: 4, end: 4 })).toEqual(Buffer.alloc(0));
    });

    test('a generation pins what is read', async () => {
      const { generation } = await put('pinned', 'first');
      await store.remove('pinned', { generation });
      const again = await put('pinned', 'second');

      expect(again.generation).not.toBe(generation);
      await expect(store.read('pinned', { start: 0, end: 1, generation })).rejects.toMatchObject({
        code: 'STORE_NOT_FOUND',
      });
      expect(await text('pinned')).toBe('second');
    });

    test('a generation pins what is removed', async () => {
      const { generation } = await put('pinned', 'first');
      await store.remove('pinned', { generation });
      await put('pinned', 'second');

      await expect(store.remove('pinned', { generation })).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
      expect(await text('pinned')).toBe('second');
    });

    test('what is not there is said so', async () => {
      expect(await store.head('nothing')).toBeNull();
      await expect(store.remove('nothing')).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
      await expect(store.read('nothing', { start: 0, end: 1 })).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
      await expect(opened.missing.list({})).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
    });

    test('an upload that is aborted leaves nothing', async () => {
      const abort = new AbortController();
      const body = Buffer.alloc(1_000);
      const upload = store.create('aborted', [body], { metadata: {}, crc32c: crcOf(body), signal: abort.signal });
      abort.abort();

      await expect(upload).rejects.toMatchObject({ code: 'CANCELLED' });
      expect(await store.head('aborted')).toBeNull();
    });

    test('strange names stay inside and apart', async () => {
      const names = ['../../escape', 'a//b', 'é', 'E', 'e', 'x'.repeat(900), 'with space?and#more%2F', 'a/../b'];

      for (const each of names) await put(each, each);

      for (const each of names) expect(await text(each)).toBe(each);
      const { objects } = await store.list({});
      expect(objects.map((object) => object.name).sort()).toEqual([...names].sort());
    });

    const unknown = Object.keys(lacks).filter((title) => !titles.has(title));
    if (unknown.length > 0) throw new Error(`The contract has no such tests: ${unknown.join('; ')}`);
  });
}
