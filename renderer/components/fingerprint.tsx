import { IconKey, IconKeyOff, IconLockOpen } from '@tabler/icons-react';
import { shortFingerprint } from '../format/format';
import { cx } from './cx';
import classes from './fingerprint.module.css';

/** Which keys open an archive, and whether one of them is here. */
export function OpensWith(props: { readonly recipients: readonly string[]; readonly opens: boolean }) {
  const { recipients, opens } = props;
  const [first] = recipients;
  if (first === undefined) {
    return (
      <span className={cx(classes.chip, classes.none)} title="Not encrypted: whoever reads the bucket reads it">
        <IconLockOpen size={13} aria-hidden /> no key needed
      </span>
    );
  }
  const more = recipients.length > 1 ? ` +${recipients.length - 1}` : '';
  const Icon = opens ? IconKey : IconKeyOff;
  const title = `${opens ? 'A key that opens it is here' : 'No key here opens it'}\n${recipients.join('\n')}`;
  return (
    <span className={cx(classes.chip, !opens && classes.missing)} title={title}>
      <Icon size={13} aria-label={opens ? 'Key is here' : 'Key is missing'} />
      <span className="mono">
        {shortFingerprint(first)}
        {more}
      </span>
    </span>
  );
}
