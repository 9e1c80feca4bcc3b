import { Figure } from '../components/figure';
import { bytes, count, exactBytes } from '../format/format';
import type { BucketLossView, LossView } from '../../shared/model/archive';
import classes from './loss.module.css';

/** What would be lost, in numbers. */
export function Loss(props: { readonly loss: LossView; readonly noncurrent?: BucketLossView['noncurrent'] }) {
  const { noncurrent } = props;
  const { archives, objects, records, storedBytes } = props.loss;
  const others = objects - archives;
  return (
    <dl className={classes.loss} aria-label="What would be lost">
      <dt>
        <Figure>{count(archives)}</Figure>
      </dt>
      <dd>{archives === 1 ? 'archive' : 'archives'}</dd>
      {others > 0 && (
        <>
          <dt>
            <Figure>{count(others)}</Figure>
          </dt>
          <dd>{others === 1 ? 'other object' : 'other objects'}</dd>
        </>
      )}
      <dt>
        <Figure>{count(records)}</Figure>
      </dt>
      <dd>messages</dd>
      <dt>
        <Figure exact={exactBytes(storedBytes)}>{bytes(storedBytes)}</Figure>
      </dt>
      <dd>stored</dd>
      {noncurrent !== undefined && noncurrent.objects > 0 && (
        <>
          <dt>
            <Figure exact={exactBytes(noncurrent.bytes)}>{count(noncurrent.objects)}</Figure>
          </dt>
          <dd>{noncurrent.objects === 1 ? 'noncurrent version' : 'noncurrent versions'}</dd>
        </>
      )}
    </dl>
  );
}
