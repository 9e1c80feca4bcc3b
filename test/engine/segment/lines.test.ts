import { describe, expect, test } from 'vitest';
import {
  corruptBound,
  decodeLines,
  encodeCorrupt,
  encodeRecord,
  LineError,
  recordBound,
} from '../../../electron/engine/segment/lines';
import { seededRandom, viewOf, type SampleRecord } from './support';

function encode(record: SampleRecord): Buffer {
  const view = viewOf(record);
  const target = Buffer.alloc(recordBound(view));
  return target.subarray(0, encodeRecord(view, target, 0));
}

function decode(line: string | Buffer) {
  return decodeLines(Buffer.from(line as string)).lines;
}

describe('a record as a line', () => {
  test('has the keys in their fixed order, without spaces, and ends in one line feed', () => {
    const line = encode({
      offset: 17,
      timestamp: 1671494400000,
      key: '3005',
      value: '{"a":1}',
      headers: [['source', 'bus']],
    });
    expect(line.toString()).toBe(
      '{"offset":17,"timestamp":1671494400000,"key":"3005","value":"{\\"a\\":1}","headers":[["source","bus"]]}\n',
    );
  });

  test('keeps null, empty and the order and duplicates of headers apart', () => {
    const headers = [
      ['b', null],
      ['a', ''],
      ['b', '1'],
      ['', 'x'],
    ] as const;
    const line = encode({ offset: 0, timestamp: -1, key: null, value: '', headers });
    expect(line.toString()).toBe(
      '{"offset":0,"timestamp":-1,"key":null,"value":"","headers":[["b",null],["a",""],["b","1"],["","x"]]}\n',
    );
    const [record] = decode(line);
    expect(record).toMatchObject({ key: null, value: Buffer.alloc(0), timestamp: -1n });
    expect(record?.kind === 'record' && record.headers.map(([name, value]) => [String(name), value?.toString() ?? null]))
      .toEqual(headers); // prettier-ignore
  });

  test('escapes every ASCII character as JSON.stringify does', () => {
    for (let code = 0; code < 0x80; code += 1) {
      const value = `a${String.fromCharCode(code)}z`;
      expect(encode({ offset: 1, value }).toString()).toContain(`"value":${JSON.stringify(value)},`);
    }
  });

  test.each([
    'grüße',
    '\u2028\u2029',
    '\ufeffwith a byte order mark',
    '🚌',
    '\u007f',
    '\uffff',
    '\u0000é"\\\n',
    '\u07ff\u0800\u{10ffff}',
  ])('writes valid UTF-8 as JSON.stringify does: %j', (value) => {
    const line = encode({ offset: 1, value });
    expect(line.toString()).toContain(`"value":${JSON.stringify(value)},`);
    expect(decode(line)).toMatchObject([{ value: Buffer.from(value) }]);
  });

  test.each([
    ['a single high byte', 'ff'],
    ['a lone continuation byte', '80'],
    ['a cut sequence', '61c3'],
    ['an overlong slash', 'c0af'],
    ['a lone surrogate', 'eda080'],
    ['a character beyond the last', 'f4908080'],
    ['quotes around it', '22ff22'],
  ])('writes what is not UTF-8 as base64: %s', (_, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    const line = encode({ offset: 1, key: bytes, value: bytes, headers: [[bytes, bytes]] });
    const text = `{"base64":"${bytes.toString('base64')}"}`;
    expect(line.toString()).toContain(`"key":${text},"value":${text},"headers":[[${text},${text}]]}`);
    expect(decode(line)).toMatchObject([{ key: bytes, value: bytes, headers: [[bytes, bytes]] }]);
  });

  test.each([
    0,
    9,
    10,
    9_999_999,
    10_000_000,
    999_999_999_999_999,
    1_000_000_000_000_000,
    9_007_199_254_740_991,
    9_007_199_254_740_993n,
    9_223_372_036_854_775_807n,
    -9_223_372_036_854_775_808n,
    -2,
    -10_000_001,
  ])('keeps %s exactly, as offset and as timestamp', (number) => {
    const line = encode({ offset: number, timestamp: number });
    expect(line.toString()).toMatch(`{"offset":${number},"timestamp":${number},`);
    expect(decode(line)).toMatchObject([{ offset: BigInt(number), timestamp: BigInt(number) }]);
  });

  test('comes back byte for byte, whatever bytes it has', () => {
    const random = seededRandom(1);
    for (let round = 0; round < 300; round += 1) {
      // a few bytes that matter, so that valid UTF-8 and escapes are met often
      const alphabet = Buffer.from('a"\\\n\u0001é🚌'.repeat(3) + (round % 2 === 0 ? '' : '\u00ff'));
      const blob = (): Buffer =>
        Buffer.from(
          Array.from({ length: Math.floor(random() * 12) }, () => alphabet[Math.floor(random() * alphabet.length)]!),
        );
      const record = { offset: round, timestamp: -1, key: blob(), value: blob(), headers: [[blob(), blob()]] as const };
      expect(decode(encode(record))).toMatchObject([{ key: record.key, value: record.value, headers: record.headers }]);
    }
  });

  test.each([65_536, 65_537, 300_000])('of %i bytes fits what was reckoned for it', (length) => {
    for (const byte of [0x01, 0x22, 0x61, 0xff]) {
      const value = Buffer.alloc(length, byte);
      const [record] = decode(encode({ offset: 1, value }));
      expect(record?.kind === 'record' && record.value?.equals(value)).toBe(true);
    }
  });
});

test('a corrupt batch is kept as base64 even when it is text', () => {
  const bytes = Buffer.from('text');
  const target = Buffer.alloc(corruptBound(bytes));
  const line = target.subarray(0, encodeCorrupt({ offset: 5n, lastOffset: 9n, bytes }, target, 0));
  expect(line.toString()).toBe('{"offset":5,"lastOffset":9,"corrupt":{"base64":"dGV4dA=="}}\n');
  expect(decode(line)).toEqual([{ kind: 'corrupt', offset: 5n, lastOffset: 9n, bytes }]);
});

const WHOLE = '{"offset":17,"timestamp":5,"key":"k","value":"v","headers":[["n","h"]]}\n';

test.each([
  ['a missing line feed', WHOLE.slice(0, -1)],
  ['a second line feed', `${WHOLE}\n`],
  ['a carriage return', WHOLE.replace('\n', '\r\n')],
  ['a space', WHOLE.replace(',', ', ')],
  ['another order of keys', '{"timestamp":5,"offset":17,"key":"k","value":"v","headers":[]}\n'],
  ['a missing key', '{"offset":17,"timestamp":5,"value":"v","headers":[]}\n'],
  ['one key more', WHOLE.replace('}\n', ',"x":1}\n')],
  ['a fraction', WHOLE.replace('17', '17.0')],
  ['an exponent', WHOLE.replace('17', '1e1')],
  ['a leading zero', WHOLE.replace('17', '017')],
  ['minus zero', WHOLE.replace('17', '-0')],
  ['an empty number', WHOLE.replace('17', '')],
  ['more than 64 bits', WHOLE.replace('17', '9223372036854775808')],
  ['twenty digits', WHOLE.replace('17', '10000000000000000000')],
  ['an unknown escape', WHOLE.replace('"v"', '"\\x"')],
  ['an escape that is not needed', WHOLE.replace('"v"', '"\\u0041"')],
  ['an escaped slash', WHOLE.replace('"v"', '"\\/"')],
  ['a long escape where a short one is', WHOLE.replace('"v"', '"\\u000a"')],
  ['upper case in an escape', WHOLE.replace('"v"', '"\\u001F"')],
  ['a control character', WHOLE.replace('"v"', '"\u0001"')],
  ['a control character behind an escape', WHOLE.replace('"v"', '"\\n\u0001"')],
  ['a string without an end', WHOLE.slice(0, 40)],
  ['a number as the value', WHOLE.replace('"v"', '5')],
  ['null as the name of a header', WHOLE.replace('"n"', 'null')],
  ['a header of three', WHOLE.replace('"h"', '"h","i"')],
  ['base64 of what is a string', WHOLE.replace('"v"', '{"base64":"dg=="}')],
  ['base64 without padding', WHOLE.replace('"v"', '{"base64":"/w"}')],
  ['base64 with bits left over', WHOLE.replace('"v"', '{"base64":"/x=="}')],
  ['base64 that does not end', WHOLE.slice(0, 40).replace('"v"', '{"base64":"/')],
  ['bytes that are not UTF-8', Buffer.from(WHOLE.replace('v', '\u00ff'), 'latin1')],
  ['a batch that ends before it begins', '{"offset":5,"lastOffset":4,"corrupt":{"base64":""}}\n'],
])('a line with %s is refused', (_, line) => {
  expect(() => decode(line)).toThrow(LineError);
});

test('offsets that do not go up are refused, and the last good one is told', () => {
  const error = (() => {
    try {
      return decode(WHOLE + WHOLE);
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toMatchObject({ afterOffset: 17n });
});
