import { expect, it } from 'vitest';
import { parsePlace } from '../../../renderer/format/place';

it.each([
  ['17', { by: 'offset', at: '17' }],
  [' 1,000,000 ', { by: 'offset', at: '1000000' }],
  ['2022-12-20T00:00:00Z', { by: 'time', at: '1671494400000' }],
  ['yesterday', null],
  ['2022-13-99', null],
  ['9'.repeat(19), null],
])('%j is read as a place', (text, place) => {
  expect(parsePlace(text)).toEqual(place);
});
