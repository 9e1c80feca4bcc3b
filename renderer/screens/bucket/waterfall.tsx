import type { ArchiveRow } from '../../../shared/model/archive';
import { Figure } from '../../components/figure';
import { Meter } from '../../components/meter';
import { bytes, exactBytes, percent } from '../../format/format';
import classes from './details.module.css';

/** What each step made of the size, in bytes and in per cent of the raw messages. */
export function Waterfall(props: { readonly archive: ArchiveRow; readonly storedBytes: number }) {
  const { archive, storedBytes } = props;
  const { rawBytes, encodedBytes, compressedBytes, codec, recipients } = archive;
  const steps = [
    { name: 'raw', note: 'Keys, values and headers', value: rawBytes, color: 'var(--pf-stage-raw)' },
    { name: 'encoded', note: 'As JSON lines', value: encodedBytes, color: 'var(--pf-stage-encoded)' },
    { name: 'compressed', note: `Codec: ${codec}`, value: compressedBytes, color: 'var(--pf-series-archiver)' },
    {
      name: recipients.length === 0 ? 'stored' : 'encrypted',
      note: recipients.length === 0 ? 'Not encrypted' : 'age, as stored',
      value: storedBytes,
      color: 'var(--pf-series-pipeline)',
    },
  ];
  const largest = Math.max(...steps.map(({ value }) => value), 1);
  return (
    <div className={classes.steps} role="group" aria-label="Size, step by step">
      {steps.flatMap(({ name, note, value, color }) => [
        <span key={`${name} name`} title={note}>
          {name}
        </span>,
        <Meter key={`${name} bar`} share={value / largest} color={color} />,
        <Figure key={`${name} bytes`} exact={exactBytes(value)}>
          {bytes(value)}
        </Figure>,
        <Figure key={`${name} share`} className="dim" exact="of raw">
          {percent(value, rawBytes)}
        </Figure>,
      ])}
    </div>
  );
}
