/** Amounts of US dollars: two digits behind the point, "<$0.01" for what is less; the exact one and its parts on hover. */
import type { Figure } from '../../shared/model/cost';
import { PRICE_UNITS } from '../../shared/model/prices';
import { NOTHING } from './format';

const twoDigits = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const exact = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 });
const ofPrice = new Intl.NumberFormat('en-US', { maximumFractionDigits: 8 });

/** $12.30, <$0.01, $1,235; "–" where a price is not known */
export function usd(value: number | null): string {
  if (value === null) return NOTHING;
  if (value === 0) return '$0';
  if (value < 0.005) return '<$0.01';
  return value < 1_000 ? `$${twoDigits.format(value)}` : `$${whole.format(value)}`;
}

/** 0.0025, as a page of prices writes it */
export function price(value: number): string {
  return ofPrice.format(value);
}

/** "$0.0123: stored 0.615 × 0.02 USD per GiB and month; …" */
export function figureParts({ usd: total, parts }: Figure): string {
  const said = parts.filter(({ quantity }) => quantity > 0).map(partText);
  const sum = total === null ? 'a price is not known' : `$${exact.format(total)}`;
  return said.length === 0 ? sum : `${sum}: ${said.join('; ')}`;
}

function partText({ what, quantity, price: of }: Figure['parts'][number]): string {
  const amount = exact.format(quantity);
  return of === null ? `${what} ${amount} × ?` : `${what} ${amount} × ${price(of.usd)} ${PRICE_UNITS[of.kind]}`;
}
