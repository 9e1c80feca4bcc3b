import uPlot from 'uplot';
import type { ThroughputHistory } from '../../stores/throughput-history';
import { highestOf, stableTop } from './chart-scale';

/** What the cursor stands on; null where nothing was measured. */
export interface ChartPoint {
  readonly at: number;
  readonly producer: number | null;
  readonly pipeline: number | null;
  readonly archiver: number | null;
}

/** Draws the throughput of the last minutes. Told by `draw` that there is more; React takes no part in that. */
export class ThroughputChart {
  readonly #plot: uPlot;
  readonly #history: ThroughputHistory;
  readonly #windowMs: number;
  readonly #stopObserving: () => void;
  #top = 0;

  /** @param onCursor null when the pointer leaves */
  constructor(
    host: HTMLElement,
    history: ThroughputHistory,
    windowMs: number,
    onCursor: (point: ChartPoint | null) => void,
  ) {
    this.#history = history;
    this.#windowMs = windowMs;
    this.#plot = new uPlot(this.#options(host, onCursor), this.#data(), host);
    const observer = new ResizeObserver(() => this.#plot.setSize(sizeOf(host)));
    observer.observe(host);
    this.#stopObserving = () => observer.disconnect();
    this.draw();
  }

  draw(): void {
    const data = this.#data();
    this.#top = stableTop(this.#top, highestOf(data.slice(1) as (number | null)[][]));
    this.#plot.setData(data);
  }

  destroy(): void {
    this.#stopObserving();
    this.#plot.destroy();
  }

  #data(): uPlot.AlignedData {
    const { at, producer, pipeline, archiver } = this.#history.columns(this.#windowMs);
    return [at, producer, pipeline, archiver];
  }

  #options(host: HTMLElement, onCursor: (point: ChartPoint | null) => void): uPlot.Options {
    // asked at every drawing, so that a change of theme needs nothing
    const color = (token: string) => (): string => getComputedStyle(host).getPropertyValue(token).trim();
    const axis = {
      stroke: color('--pf-dim'),
      font: "12px 'Inter Variable', sans-serif",
      grid: { stroke: color('--pf-border'), width: 1 },
      ticks: { show: false },
    };
    return {
      ...sizeOf(host),
      padding: [10, 12, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { time: true, range: () => this.#range() },
        y: { range: () => [0, Math.max(this.#top, 1)] },
      },
      axes: [
        {
          ...axis,
          size: 30,
          space: 90,
          splits: () => this.#timeSplits(),
          values: (_plot, at) => at.map((s) => this.#age(s)),
        },
        {
          ...axis,
          size: 58,
          space: 44,
          values: (_plot, values) => values.map((value) => axisRate(value)),
        },
      ],
      series: [
        {},
        { stroke: color('--pf-series-producer'), width: 1.5, dash: [5, 4], points: { show: false } },
        { stroke: color('--pf-series-pipeline'), width: 1.75, points: { show: false } },
        { stroke: color('--pf-series-archiver'), width: 2.25, points: { show: false } },
      ],
      hooks: { setCursor: [(plot) => onCursor(pointAt(plot))] },
    };
  }

  /** Always the whole window, so that lines move in from the right and never stretch. */
  #range(): [number, number] {
    const end = (this.#history.latest?.at ?? Date.now()) / 1000;
    return [end - this.#windowMs / 1000, end];
  }

  #timeSplits(): number[] {
    const [start, end] = this.#range();
    const quarter = (end - start) / 4;
    return [0, 1, 2, 3, 4].map((step) => start + step * quarter);
  }

  #age(at: number): string {
    const seconds = Math.round(this.#range()[1] - at);
    return seconds === 0 ? 'now' : `−${seconds} s`;
  }
}

/** 15 k, 5 k, 2.5 k: round numbers need no trailing zeros. */
function axisRate(value: number): string {
  return value >= 1000 ? `${value / 1000} k` : String(value);
}

function sizeOf(host: HTMLElement): { width: number; height: number } {
  return { width: Math.max(120, host.clientWidth), height: Math.max(120, host.clientHeight) };
}

function pointAt(plot: uPlot): ChartPoint | null {
  const { idx } = plot.cursor;
  if (idx === null || idx === undefined) return null;
  const [at, producer, pipeline, archiver] = plot.data.map((column) => column[idx] ?? null);
  if (at === null || at === undefined) return null;
  return { at: at * 1000, producer: producer ?? null, pipeline: pipeline ?? null, archiver: archiver ?? null };
}
