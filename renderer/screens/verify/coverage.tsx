import { useState } from 'react';
import {
  holesText,
  STRETCH_WORDS,
  type ChainView,
  type FindingView,
  type StretchView,
  type VerificationView,
} from '../../../shared/model/verify';
import { Card } from '../../components/card';
import { cx } from '../../components/cx';
import { StateMark } from '../../components/state-mark';
import { count, counted, offsetRange } from '../../format/format';
import type { Tone } from '../../format/words';
import { BROKEN_ARCHIVES, lengthOf, offsetsOf } from '../../stores/verify';
import classes from './coverage.module.css';

/** in the order of the legend, which shows those that are there */
const KINDS = Object.keys(STRETCH_WORDS) as readonly StretchView['kind'][];
/** so many chains are drawn at once; a person asks for more */
const AT_FIRST = 300;

/** Each partition's chain as a bar, from offset 0 to where Kafka's log ends. */
export function Coverage(props: { readonly view: VerificationView }) {
  const { chains, findings } = props.view;
  const broken = findings.filter(({ kind }) => BROKEN_ARCHIVES.has(kind));
  const [shown, setShown] = useState(AT_FIRST);
  const topics = new Set(chains.map(({ topic }) => topic));
  const kinds = new Set(chains.flatMap(({ stretches }) => stretches.map(({ kind }) => kind)));
  return (
    <Card
      title={topics.size === 1 ? `Coverage of ${[...topics].join('')}` : 'Coverage'}
      className={classes.card}
      actions={
        <ul className={classes.legend} aria-label="Legend">
          {KINDS.filter((kind) => kinds.has(kind)).map((kind) => (
            <li key={kind}>
              <span className={cx(classes.swatch, classes[kind])} aria-hidden />
              {STRETCH_WORDS[kind]}
            </li>
          ))}
        </ul>
      }
    >
      <ul aria-label="Partitions">
        {chains.slice(0, shown).map((chain) => (
          <li key={`${chain.topic}/${chain.life}/${chain.partition}`} className={classes.row}>
            <Chain
              chain={chain}
              broken={broken.filter((finding) => isOf(chain, finding)).length}
              withTopic={topics.size > 1}
              isKafkaAsked={props.view.kafkaProblem === null}
            />
          </li>
        ))}
      </ul>
      {chains.length > shown && (
        <button type="button" className={classes.more} onClick={() => setShown(chains.length)}>
          Show all {count(chains.length)} partitions
        </button>
      )}
    </Card>
  );
}

function Chain(props: {
  readonly chain: ChainView;
  /** archives that do not hold */
  readonly broken: number;
  readonly withTopic: boolean;
  readonly isKafkaAsked: boolean;
}) {
  const { chain } = props;
  const [isOpen, setOpen] = useState(false);
  const { tone, word } = stateOf(chain, props.broken);
  const isOver = chain.log === null && props.isKafkaAsked;
  return (
    <>
      <button
        type="button"
        className={classes.chain}
        aria-expanded={isOpen}
        aria-label={`${props.withTopic ? `${chain.topic}, ` : ''}partition ${chain.partition}: ${word}`}
        onClick={() => setOpen(!isOpen)}
      >
        <span className={classes.name}>
          <span className="mono ellipsis" title={chain.topic}>
            {props.withTopic ? `${chain.topic} / ${chain.partition}` : `partition ${chain.partition}`}
          </span>
          {isOver && (
            <span
              className="dim ellipsis"
              title={`Life ${chain.life}: Kafka has another topic or log of that name now`}
            >
              an earlier life
            </span>
          )}
        </span>
        <Bar chain={chain} />
        <StateMark tone={tone} word={word} />
      </button>
      {isOpen && <Stretches stretches={chain.stretches} />}
    </>
  );
}

function Bar(props: { readonly chain: ChainView }) {
  const { stretches, log } = props.chain;
  const end = Number(stretches.at(-1)?.nextOffset ?? 0);
  const committed = log?.committed ?? null;
  return (
    <span className={classes.scaled}>
      <span className={classes.bar}>
        {stretches.map((stretch) => (
          <span
            key={`${stretch.firstOffset} ${stretch.kind}`}
            className={cx(classes.stretch, classes[stretch.kind])}
            style={{ flexGrow: lengthOf(stretch) }}
            title={stretchText(stretch)}
          >
            <span className={classes.label}>{labelOf(stretch)}</span>
          </span>
        ))}
      </span>
      <span className={classes.scale} aria-hidden>
        <span>{count(stretches[0]?.firstOffset ?? 0)}</span>
        {committed !== null && Number(committed) < end && (
          <span className={classes.committed} style={{ left: `${(Number(committed) / end) * 100}%` }}>
            committed
          </span>
        )}
        <span>{count(stretches.at(-1)?.nextOffset ?? 0)}</span>
      </span>
    </span>
  );
}

/** The bar in words. */
function Stretches(props: { readonly stretches: readonly StretchView[] }) {
  return (
    <ul className={classes.stretches} aria-label="Stretches">
      {props.stretches.map((stretch) => (
        <li key={`${stretch.firstOffset} ${stretch.kind}`}>
          <span className={cx(classes.swatch, classes[stretch.kind])} aria-hidden />
          {stretchText(stretch)}
        </li>
      ))}
    </ul>
  );
}

function labelOf({ kind, archives }: StretchView): string {
  return kind === 'archived' ? counted(archives, 'archive') : STRETCH_WORDS[kind];
}

function stretchText(stretch: StretchView): string {
  const { kind, firstOffset, nextOffset, archives, records, holes } = stretch;
  const what = archives === 0 ? '' : `, ${counted(records, 'message')} in ${counted(archives, 'archive')}`;
  const without = holesText(holes);
  return `${offsetRange(firstOffset, nextOffset)}: ${STRETCH_WORDS[kind]}${what}${without === '' ? '' : `; ${without}`}`;
}

function isOf(chain: ChainView, { topic, life, partition }: FindingView): boolean {
  return topic === chain.topic && life === chain.life && partition === chain.partition;
}

function stateOf(chain: ChainView, broken: number): { readonly tone: Tone; readonly word: string } {
  const missing = offsetsOf(chain, 'missing');
  const damaged = broken === 0 ? [] : [`${counted(broken, 'archive')} damaged`];
  if (missing > 0) return { tone: 'bad', word: [`${count(missing)} missing`, ...damaged].join(', ') };
  if (damaged.length > 0) return { tone: 'bad', word: damaged.join('') };
  const twice = offsetsOf(chain, 'overlapping');
  if (twice > 0) return { tone: 'bad', word: `${count(twice)} archived twice` };
  const expired = offsetsOf(chain, 'expired') + offsetsOf(chain, 'not-recorded');
  if (expired > 0) return { tone: 'warn', word: `whole, ${count(expired)} expired before` };
  const removed = offsetsOf(chain, 'removed');
  if (removed > 0) return { tone: 'warn', word: `whole, ${count(removed)} removed` };
  if (chain.archives === 0) return { tone: 'idle', word: 'not yet archived' };
  return { tone: 'good', word: 'whole' };
}
