import type { VerificationView } from '../../../shared/model/verify';
import { cx } from '../../components/cx';
import { bytes, count, counted, exactBytes } from '../../format/format';
import { BROKEN_ARCHIVES, offsetsOf } from '../../stores/verify';
import classes from './verify-screen.module.css';

/** The four numbers that say how it stands. */
export function Figures(props: { readonly view: VerificationView }) {
  const { chains, findings, content } = props.view;
  const records = chains.reduce((sum, chain) => sum + chain.records, 0);
  const archives = chains.reduce((sum, chain) => sum + chain.archives, 0);
  const storedBytes = chains.reduce((sum, chain) => sum + chain.storedBytes, 0);
  const missing = chains.reduce((sum, chain) => sum + offsetsOf(chain, 'missing'), 0);
  const stretches = chains.flatMap((chain) => chain.stretches).filter(({ kind }) => kind === 'missing').length;
  const broken = findings.filter(({ kind }) => BROKEN_ARCHIVES.has(kind)).length;
  return (
    <div className={classes.figures}>
      <Number
        value={count(records)}
        text={`messages in ${counted(archives, 'archive')} of ${counted(chains.length, 'partition')}`}
        exact={`${bytes(storedBytes)} stored, ${exactBytes(storedBytes)}`}
      />
      <Number
        value={count(missing)}
        text={
          missing === 0
            ? 'offsets are missing'
            : `offsets are missing, in ${counted(stretches, 'stretch', 'stretches')}`
        }
        tone={missing === 0 ? 'good' : 'bad'}
      />
      {content === null ? (
        <Number value="Not read" text="Contents: only names and metadata were looked at" tone="idle" />
      ) : (
        <Number
          value={`${count(content.archives)} of ${count(content.ofArchives)}`}
          text={`archives downloaded, decrypted, decoded, and whole${comparedText(content.source)}`}
          exact={`${count(content.records)} messages, ${exactBytes(content.storedBytes)}`}
        />
      )}
      <Number
        value={count(broken)}
        text={broken === 1 ? 'archive is damaged' : 'archives are damaged'}
        tone={broken === 0 ? (content === null ? 'idle' : 'good') : 'bad'}
      />
    </div>
  );
}

function comparedText(source: NonNullable<VerificationView['content']>['source']): string {
  if (source === null) return '';
  const gone = source.gone === 0 ? '' : `, ${count(source.gone)} no longer there`;
  return `; ${counted(source.equal, 'message')} equal in Kafka${gone}`;
}

function Number(props: {
  readonly value: string;
  readonly text: string;
  readonly exact?: string;
  readonly tone?: 'good' | 'bad' | 'idle';
}) {
  const { tone } = props;
  return (
    <section className={classes.figure} title={props.exact}>
      <strong className={cx('figure', classes.value, tone !== undefined && classes[tone])}>{props.value}</strong>
      <span className={classes.what}>{props.text}</span>
    </section>
  );
}
