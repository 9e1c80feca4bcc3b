import { dirname, join, resolve, win32 } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileNameOf, harmless, numbered } from '../../../../electron/engine/restore/download/file-names';

const FOLDER = resolve('/downloads');

describe('the name of a downloaded file', () => {
  test.each([
    ['reports/2022/december.csv', 'december.csv'],
    ['plain.txt', 'plain.txt'],
    ['folder/', 'folder'],
    ['Grüße 🚌.txt', 'Grüße 🚌.txt'],
    ['a:b*c?.txt', 'a_b_c_.txt'],
    ['.bashrc', '_bashrc'],
    ['ends in dots...', 'ends in dots___'],
    ['con', '_con'],
    ['x/NUL.txt', '_NUL.txt'],
    ['x/aux.a.b', '_aux.a.b'],
    ['com¹', '_com¹'],
    ['console', 'console'],
    ['', 'object'],
    ['///', 'object'],
    ['..', '__'],
    ['left\u202eright', 'left_right'],
  ])('is made of %j: %j', (object, file) => {
    expect(fileNameOf(object)).toBe(file);
  });

  test.each([
    '../../etc/passwd',
    '/etc/passwd',
    '..\\..\\windows\\system32\\drivers',
    'C:\\autoexec.bat',
    'C:',
    '\\\\server\\share\\x',
    'a/../../..',
    '..',
    '.',
    './.',
    '. .',
    '.. /..',
    'nul\u0000byte',
    'stream:$DATA',
    'x'.repeat(1024),
    '🚌'.repeat(256),
    `${'é'.repeat(500)}.jsonl.zst.age`,
  ])('never leads out of the folder: %j', (object) => {
    for (const name of [fileNameOf(object), harmless(object), numbered(fileNameOf(object), 10_000)]) {
      expect(dirname(join(FOLDER, name))).toBe(FOLDER);
      expect(win32.dirname(win32.join('C:\\downloads', name))).toBe('C:\\downloads');
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(245);
      expect(name).not.toMatch(/[<>:"/\\|?*\p{C}]|^[. ]|[. ]$/u);
      expect(name).not.toBe('');
      expect(name).not.toContain('\ufffd');
    }
  });

  test('keeps its ending when it is too long', () => {
    expect(harmless(`${'t'.repeat(249)}-7-123.jsonl.zst.age`)).toMatch(/^t+~t+-7-123\.jsonl\.zst\.age$/);
  });

  test.each([
    ['orders-0-17.jsonl.zst.age', 'orders-0-17 (2).jsonl.zst.age'],
    ['a.b-0-17.jsonl', 'a.b-0-17 (2).jsonl'],
    ['december.csv', 'december (2).csv'],
    ['README', 'README (2)'],
  ])('gets its number before the ending: %s', (name, expected) => {
    expect(numbered(name, 2)).toBe(expected);
  });
});
