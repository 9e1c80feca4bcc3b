import { useElementSize } from '@mantine/hooks';
import { useMemo } from 'react';
import type { ShownBytes } from '../../../../shared/model/archive';
import { useRowWindow } from '../../../components/use-row-window';
import { bytesOf, HEX_ROW_BYTES, hexRow } from '../../../format/shown-bytes';
import classes from './hex-view.module.css';

const ROW_HEIGHT = 20;
/** offset, sixteen bytes and their text need this much, in px */
const WIDE = 590;

/** Offset, sixteen bytes (eight where there is little room), and what can be printed of them. */
export function HexView(props: { readonly shown: ShownBytes }) {
  const all = useMemo(() => bytesOf(props.shown), [props.shown]);
  const { ref, width } = useElementSize();
  const rowBytes = width >= WIDE ? HEX_ROW_BYTES : HEX_ROW_BYTES / 2;
  const { attach, ...view } = useRowWindow(Math.ceil(all.length / rowBytes), ROW_HEIGHT);
  return (
    <div ref={ref} className={classes.frame}>
      <div ref={attach} className={classes.scroll} onScroll={view.onScroll} tabIndex={0} aria-label="Bytes in hex">
        <div className={classes.rows} style={{ height: view.height }}>
          <div className={classes.window} style={{ transform: `translateY(${view.top}px)` }}>
            {Array.from({ length: Math.max(0, view.end - view.first) }, (_, index) => {
              const { at, hex, text } = hexRow(all, view.first + index, rowBytes);
              return (
                <div key={at} className={classes.row}>
                  <span className={classes.at}>{at}</span>
                  <span>{hex}</span>
                  <span className={classes.text}>{text}</span>
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}
