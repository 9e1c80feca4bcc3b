import { Skeleton, Table } from '@mantine/core';
import { IconArrowDown, IconTrash } from '@tabler/icons-react';
import type { BucketSettings } from '../../../../shared/model/bucket-settings';
import { lifecycleCost, type RuleCost } from '../../../../shared/model/estimate';
import {
  lifecycleText,
  type AffectedObjects,
  type LifecycleEffect,
  type RuleEffect,
} from '../../../../shared/model/lifecycle';
import { priceList } from '../../../../shared/model/prices';
import { Banner } from '../../../components/banner';
import { Card } from '../../../components/card';
import { cx } from '../../../components/cx';
import { Figure } from '../../../components/figure';
import { bytes, count, counted, exactBytes, localTime, NOTHING, utcTime } from '../../../format/format';
import { figureParts, usd } from '../../../format/money';
import { lostAtOnce } from '../../../format/rule-draft';
import { useSettings } from '../../../stores/hooks';
import classes from './lifecycle.module.css';
import type { Asked } from './use-asked';

/** What the typed rules would do to what is in the bucket now. */
export function LifecycleEffectCard(props: {
  readonly settings: BucketSettings;
  readonly effect: Asked<LifecycleEffect | null>;
  readonly hasRules: boolean;
  readonly isValid: boolean;
}) {
  const { settings, effect, hasRules, isValid } = props;
  const overrides = useSettings((state) => state.settings?.prices);
  const { answer } = effect;
  const isShown = hasRules && answer !== null;
  const costs = isShown ? lifecycleCost(answer, priceList(overrides), settings.location) : [];
  return (
    <Card title="What they do to what is in the bucket now" className={classes.effect}>
      {!hasRules ? (
        <p className={classes.none}>Add a rule to see which archives it would move or delete, and when.</p>
      ) : answer === null ? (
        <Listing problem={effect.error?.code === 'BUSY' ? null : (effect.error?.message ?? null)} />
      ) : (
        <>
          <div className={cx((effect.isOutdated || !isValid) && classes.outdated)} aria-busy={effect.isOutdated}>
            <Table horizontalSpacing={18} verticalSpacing={9} aria-label="What each rule does">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Rule</Table.Th>
                  <Table.Th ta="right">Archives at once</Table.Th>
                  <Table.Th ta="right">Messages</Table.Th>
                  <Table.Th ta="right">Size</Table.Th>
                  <Table.Th ta="right">It costs</Table.Th>
                  <Table.Th>The next</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {answer.rules.map((each, at) => (
                  <EffectRow key={`${at} ${lifecycleText(each.rule)}`} effect={each} cost={costs[at] ?? null} />
                ))}
              </Table.Tbody>
            </Table>
          </div>
          <Loss effect={answer} settings={settings} />
        </>
      )}
    </Card>
  );
}

function Listing(props: { readonly problem: string | null }) {
  return (
    <div className={classes.listing}>
      {props.problem === null ? (
        <>
          <Skeleton height={74} radius={8} />
          <p className="dim">The bucket is being listed…</p>
        </>
      ) : (
        <Banner tone="bad">{props.problem}</Banner>
      )}
    </div>
  );
}

function EffectRow(props: { readonly effect: RuleEffect; readonly cost: RuleCost | null }) {
  const { rule, now, later, nextAt } = props.effect;
  const isLoss = rule.kind === 'delete';
  const Icon = isLoss ? IconTrash : IconArrowDown;
  const cost = props.cost?.moving ?? props.cost?.early ?? null;
  return (
    <Table.Tr className={cx(isLoss && now.objects > 0 && classes.loses)}>
      <Table.Td>
        <span className={classes.what}>
          <Icon size={16} aria-hidden /> <span>{lifecycleText(rule)}</span>
        </span>
      </Table.Td>
      <Table.Td ta="right">
        <Figure exact={othersText(now)}>{count(now.archives)}</Figure>
      </Table.Td>
      <Table.Td ta="right">
        <Figure>{count(now.records)}</Figure>
      </Table.Td>
      <Table.Td ta="right">
        <Figure exact={exactBytes(now.bytes)}>{bytes(now.bytes)}</Figure>
      </Table.Td>
      <Table.Td ta="right">
        <Figure exact={cost === null ? undefined : figureParts(cost)}>
          {cost === null ? NOTHING : now.objects === 0 ? NOTHING : usd(cost.usd)}
        </Figure>
      </Table.Td>
      <Table.Td>
        {nextAt === null ? (
          NOTHING
        ) : (
          <span className="figure" title={`${utcTime(nextAt)}; ${counted(later.objects, 'object')} in all`}>
            {localTime(nextAt)}, {count(later.objects)} to come
          </span>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function othersText({ objects, archives }: AffectedObjects): string | undefined {
  return objects === archives ? undefined : `and ${counted(objects - archives, 'other object')}`;
}

/** Deletions, said once more: in numbers, and what becomes of them. */
function Loss(props: { readonly effect: LifecycleEffect; readonly settings: BucketSettings }) {
  const { effect, settings } = props;
  if (!effect.rules.some(({ rule }) => rule.kind === 'delete')) return null;
  const lost = lostAtOnce(effect);
  return (
    <div className={classes.loss}>
      {lost.objects > 0 && (
        <Banner tone="bad" title="This deletes data.">
          {lossText(lost)} {'within about a day.'}{' '}
          {settings.versioning === true
            ? 'They stay as noncurrent versions, and are paid for, until those are deleted.'
            : 'What Kafka no longer keeps cannot be archived again.'}
        </Banner>
      )}
      <p className="dim">
        Verify counts offsets whose archives a rule deleted as “no longer kept”, not as missing: the oldest go first.
        {settings.retention !== null &&
          ' The retention policy holds deletions back until objects are old enough for it, too.'}
      </p>
    </div>
  );
}

function lossText({ archives, objects, records, bytes: size }: AffectedObjects): string {
  const others = objects === archives ? '' : ` and ${counted(objects - archives, 'other object')}`;
  return `${counted(archives, 'archive')} with ${counted(records, 'message')}${others}, ${bytes(size)},`;
}
