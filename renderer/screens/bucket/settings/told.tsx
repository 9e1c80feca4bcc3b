import { Switch } from '@mantine/core';
import { NOTHING } from '../../../format/format';
import classes from './bucket-settings.module.css';

/** In place of a value that Cloud Storage would tell. */
export function Untold() {
  return (
    <>
      {NOTHING} <span className={classes.untold}>this server does not tell</span>
    </>
  );
}

/** On or off, or not known: what a server does not tell, it would not take either. */
export function ToldSwitch(props: {
  readonly label: string;
  readonly description: string;
  readonly value: boolean | null;
  readonly disabled?: boolean;
  readonly onChange: (value: boolean) => void;
}) {
  const { label, description, value, disabled = false, onChange } = props;
  if (value === null) {
    return (
      <div className={classes.untoldSwitch}>
        <span>{label}</span> <Untold />
      </div>
    );
  }
  return (
    <Switch
      label={label}
      description={description}
      checked={value}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
