import { ActionIcon, NumberInput } from '@mantine/core';
import { IconRestore } from '@tabler/icons-react';
import { useState } from 'react';
import {
  PRICE_UNITS,
  priceKey,
  priceOverridesSchema,
  type Price,
  type PriceKind,
  type PriceOverrides,
} from '../../../../shared/model/prices';
import type { StorageClass } from '../../../../shared/model/storage-class';
import { storageClassName } from '../../../format/words';
import { attempt } from '../../../stores/report';
import { saveSettings, settingsStore } from '../../../stores/settings';
import classes from './cost.module.css';

/** A price that can be typed over; it is kept when the field is left, or with Enter. */
export function PriceCell(props: {
  readonly location: string;
  readonly storageClass: StorageClass;
  readonly kind: PriceKind;
  /** null: none is known */
  readonly price: Price | null;
}) {
  const { location, storageClass, kind, price } = props;
  const [typed, setTyped] = useState<number | '' | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const isOwn = price !== null && price.source === null;
  const key = priceKey(location, storageClass, kind);

  const keep = (): void => {
    if (typed === null) return;
    const own = typed === '' ? null : { usd: typed, readOn: today() };
    const isNew = own !== null && own.usd !== price?.usd;
    const parsed = priceOverridesSchema.safeParse(isNew ? { [key]: own } : {});
    if (!parsed.success) {
      setProblem(parsed.error.issues[0]?.message ?? 'This is no price');
      return;
    }
    setTyped(null);
    setProblem(null);
    if (isNew) attempt(() => saveSettings({ prices: { ...ownPrices(), ...parsed.data } }));
  };
  return (
    <div className={classes.price}>
      <NumberInput
        aria-label={`${storageClassName(storageClass)}, ${kind}, ${PRICE_UNITS[kind]}`}
        size="xs"
        hideControls
        decimalScale={8}
        allowNegative={false}
        placeholder="–"
        value={typed ?? price?.usd ?? ''}
        error={problem}
        data-own={isOwn}
        onChange={(value) => setTyped(value === '' ? '' : Number(value))}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key === 'Enter') keep();
        }}
      />
      {isOwn && (
        <span className={classes.own}>
          own, {price.readOn}
          <ActionIcon
            size={18}
            aria-label={`Back to the published price: ${storageClassName(storageClass)}, ${kind}`}
            title="Back to the published price"
            onClick={() => attempt(() => saveSettings({ prices: withoutKey(ownPrices(), key) }))}
          >
            <IconRestore size={13} />
          </ActionIcon>
        </span>
      )}
    </div>
  );
}

function ownPrices(): PriceOverrides {
  return settingsStore.getState().settings?.prices ?? {};
}

function withoutKey(prices: PriceOverrides, key: string): PriceOverrides {
  return Object.fromEntries(Object.entries(prices).filter(([each]) => each !== key));
}

/** As the calendar on the wall says. */
function today(): string {
  return new Intl.DateTimeFormat('sv-SE').format(new Date());
}
