import { describe, expect, it } from 'vitest';
import { parseJsonSource, type JsonNode } from '../../../renderer/format/json-source';

describe('parseJsonSource', () => {
  it.each(['12.0', '9223372036854775807', '-0', '1e400', '0.1000', '1E+2'])(
    'keeps the number %s as it was written',
    (source) => {
      expect(parseJsonSource(source)).toEqual({ kind: 'number', source });
    },
  );

  it('keeps the order of members, and names that come twice', () => {
    const node = parseJsonSource('{"b": 1, "a": 2, "b": 3, "10": 4}');
    expect(node?.kind === 'object' ? node.members.map(([name]) => name) : null).toEqual(['b', 'a', 'b', '10']);
  });

  it('reads all kinds of values and white space', () => {
    expect(parseJsonSource(' {"list" : [ true , null, "a\\u00e9\\n" , {} , [] ]}\r\n')).toEqual<JsonNode>({
      kind: 'object',
      members: [
        [
          'list',
          {
            kind: 'array',
            items: [
              { kind: 'word', source: 'true' },
              { kind: 'word', source: 'null' },
              { kind: 'string', value: 'aé\n' },
              { kind: 'object', members: [] },
              { kind: 'array', items: [] },
            ],
          },
        ],
      ],
    });
  });

  it.each([
    '',
    '{',
    '{"a"}',
    '[1,]',
    '{"a":1,}',
    '01',
    '1.',
    'nul',
    '"a\nb"',
    '"\\x"',
    '{} {}',
    "{'a': 1}",
    '+1',
    ':',
    ']',
  ])('refuses %j', (text) => {
    expect(parseJsonSource(text)).toBeNull();
  });

  it('refuses what is nested too deeply to be shown, without running out of stack', () => {
    expect(parseJsonSource('['.repeat(100_000))).toBeNull();
  });

  it('agrees with JSON.parse on what is JSON', () => {
    const texts = ['[1,2,{"a":[]}]', '{"a":{"b":{"c":[null]}}}', '"x"', '[[],[[]]]', '-1.5e-7'];
    for (const text of texts) expect(plain(parseJsonSource(text))).toEqual(JSON.parse(text));
  });
});

function plain(node: JsonNode | null): unknown {
  switch (node?.kind) {
    case 'object':
      return Object.fromEntries(node.members.map(([name, value]) => [name, plain(value)]));
    case 'array':
      return node.items.map(plain);
    case 'string':
      return node.value;
    case 'number':
    case 'word':
      return JSON.parse(node.source);
    case undefined:
      return undefined;
  }
}
