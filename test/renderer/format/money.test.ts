import { describe, expect, it } from 'vitest';
import { figureParts, usd } from '../../../renderer/format/money';
import { priceList } from '../../../shared/model/prices';

describe('an amount of money', () => {
  it.each([
    [null, '–'],
    [0, '$0'],
    [0.0049, '<$0.01'],
    [0.005, '$0.01'],
    [12.3, '$12.30'],
    [1_234.5, '$1,235'],
  ])('%s is shown as %s', (value, shown) => expect(usd(value)).toBe(shown));

  it('says on hover what it was made of, and what is not known', () => {
    const price = priceList()('EU', 'NEARLINE', 'storage');
    const stored = { what: 'stored', quantity: 2, price, usd: 0.03 };
    expect(figureParts({ usd: 0.03, parts: [stored] })).toBe('$0.03: stored 2 × 0.015 USD per GiB and month');
    expect(figureParts({ usd: null, parts: [{ ...stored, price: null, usd: null }] })).toBe(
      'a price is not known: stored 2 × ?',
    );
  });
});
