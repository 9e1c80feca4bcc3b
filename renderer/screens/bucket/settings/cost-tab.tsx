import { Skeleton } from '@mantine/core';
import type { BucketUsage } from '../../../../shared/model/cost';
import { estimate, NOT_COUNTED } from '../../../../shared/model/estimate';
import { priceList } from '../../../../shared/model/prices';
import { Banner } from '../../../components/banner';
import { Card } from '../../../components/card';
import { Figure } from '../../../components/figure';
import { bytes, count, counted, exactBytes } from '../../../format/format';
import { useBucket, useBucketSettings, useSettings } from '../../../stores/hooks';
import { CostTable } from './cost-table';
import classes from './cost.module.css';
import { PricesCard } from './prices-card';
import { useBucketUsage } from './use-bucket-figures';

/** What the bucket costs a month, by class; what it would cost in another; and the prices that this rests on. */
export function CostTab(props: { readonly bucket: string }) {
  const { answer: usage, error } = useBucketUsage(props.bucket);
  const listed = useBucket(({ buckets }) => buckets?.find(({ name }) => name === props.bucket)?.location ?? null);
  const location = useBucketSettings(({ settings }) => settings?.location ?? null) ?? listed;
  const overrides = useSettings(({ settings }) => settings?.prices);
  return (
    <div className={classes.tab}>
      <Card title="What it costs" className={classes.card} actions={usage !== null && <Arriving usage={usage} />}>
        {usage === null || location === null ? (
          <Listing problem={error === null || error.code === 'BUSY' ? null : error.message} />
        ) : (
          <>
            <CostTable estimate={estimate(usage, priceList(overrides), location)} />
            <p className={classes.foot}>{NOT_COUNTED.join(' ')}</p>
          </>
        )}
      </Card>
      {location !== null && <PricesCard location={location} />}
    </div>
  );
}

/** As high as the table will be. */
function Listing(props: { readonly problem: string | null }) {
  return (
    <div className={classes.listing}>
      {props.problem === null ? (
        <>
          <Skeleton height={322} radius={8} />
          <p className="dim">The bucket is being listed…</p>
        </>
      ) : (
        <Banner tone="bad">{props.problem}</Banner>
      )}
    </div>
  );
}

/** On what the figures of a month and a year rest. */
function Arriving(props: { readonly usage: BucketUsage }) {
  const { arrival } = props.usage;
  if (arrival === null) {
    return <span className={classes.arriving}>What arrives a day is not known yet: it takes an hour of archives.</span>;
  }
  const { overDays, objects, bytes: size } = arrival;
  const over =
    overDays < 2 ? counted(Math.max(1, Math.round(overDays * 24)), 'hour') : counted(Math.round(overDays), 'day');
  return (
    <span className={classes.arriving}>
      Arriving a day:{' '}
      <Figure exact={`${exactBytes(Math.round(size / overDays))} a day`}>{bytes(Math.round(size / overDays))}</Figure>{' '}
      in <Figure>{count(Math.round(objects / overDays))}</Figure> objects, measured over the last {over}
    </span>
  );
}
