import classes from './meter.module.css';

/** A bar from 0 to 1. The figure stands beside it in words: the bar itself is not spoken. */
export function Meter(props: { readonly share: number; readonly color: string }) {
  const share = Math.max(0, Math.min(1, props.share));
  return (
    <div className={classes.track} aria-hidden>
      <div
        className={classes.fill}
        style={{ background: props.color, transform: `scaleX(${share > 0 ? Math.max(share, 0.004) : 0})` }}
      />
    </div>
  );
}
