import { CopyIcon } from '../components/copy';
import { NOTHING } from '../format/format';
import { useLive } from '../stores/hooks';
import classes from './rail.module.css';

/** Where other clients reach the sandbox. */
export function SandboxAddresses() {
  const kafka = useLive(({ connection }) => connection.kafka);
  const bucketEndpoint = useLive(({ connection }) => connection.bucketEndpoint);
  return (
    <>
      <p className={classes.about}>Other clients on this computer can connect to it, too:</p>
      <dl className={classes.addresses}>
        <Address name="Kafka" value={kafka} />
        <Address name="Bucket" value={bucketEndpoint} />
      </dl>
    </>
  );
}

function Address(props: { readonly name: string; readonly value: string | null }) {
  return (
    <>
      <dt>{props.name}</dt>
      <dd className="mono ellipsis">{props.value ?? NOTHING}</dd>
      <dd>{props.value !== null && <CopyIcon value={props.value} label={`Copy the address of ${props.name}`} />}</dd>
    </>
  );
}
