import { useCallback, useState, type UIEvent } from 'react';

/** Chrome cuts elements at some 33 million pixels; beyond this, scrolling maps onto the rows instead. */
const MAX_HEIGHT = 8_000_000;
const OVERSCAN = 6;

export interface RowWindow {
  /** for the scrolling element */
  readonly attach: (element: HTMLElement | null) => void;
  readonly onScroll: (event: UIEvent<HTMLElement>) => void;
  /** of the element that holds the rows */
  readonly height: number;
  /** rows to draw: [first, end) */
  readonly first: number;
  readonly end: number;
  /** where the first of them stands */
  readonly top: number;
  readonly scrollToRow: (index: number) => void;
  /** there is something to scroll */
  readonly isReady: boolean;
}

/**
 * Which rows of a long table are in sight. All rows are equally high, so that nothing needs measuring.
 * @param headHeight of what sticks to the top of the scrolling element
 */
export function useRowWindow(rows: number, rowHeight: number, headHeight = 0): RowWindow {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [viewport, setViewport] = useState(600);
  const [scrollTop, setScrollTop] = useState(0);

  const attach = useCallback(
    (next: HTMLElement | null) => {
      setElement(next);
      if (next === null) return undefined;
      setViewport(next.clientHeight - headHeight);
      const observer = new ResizeObserver(() => setViewport(next.clientHeight - headHeight));
      observer.observe(next);
      return () => observer.disconnect();
    },
    [headHeight],
  );
  const onScroll = useCallback((event: UIEvent<HTMLElement>) => setScrollTop(event.currentTarget.scrollTop), []);

  const { height, rowAt } = layout(rows, rowHeight, viewport);
  const exact = rowAt(scrollTop);
  const first = Math.max(0, Math.floor(exact) - OVERSCAN);
  const end = Math.min(rows, Math.ceil(exact + viewport / rowHeight) + OVERSCAN);

  const scrollToRow = useCallback(
    (index: number) => {
      if (element === null) return;
      const room = element.clientHeight - headHeight;
      const visible = Math.max(1, Math.floor(room / rowHeight) - 1);
      const { rowAt: shownAt, topOf } = layout(rows, rowHeight, room);
      const shown = shownAt(element.scrollTop);
      if (index < shown) element.scrollTo({ top: topOf(index) });
      else if (index >= shown + visible) element.scrollTo({ top: topOf(index - visible) });
    },
    [element, rows, rowHeight, headHeight],
  );

  const top = scrollTop - (exact - first) * rowHeight;
  return { attach, onScroll, height, first, end, top, scrollToRow, isReady: element !== null };
}

function layout(rows: number, rowHeight: number, viewport: number) {
  const real = rows * rowHeight;
  const height = Math.min(real, MAX_HEIGHT);
  const scale = real > height ? (real - viewport) / Math.max(1, height - viewport) : 1;
  return {
    height,
    /** the row at the top of the view, with its fraction */
    rowAt: (scrollTop: number) => (Math.min(scrollTop, Math.max(0, height - viewport)) * scale) / rowHeight,
    topOf: (row: number) => (row * rowHeight) / scale,
  };
}
