import { bytesText, durationText } from '../../cli/ui/progress.js';
import type { PairResult } from './pairs.js';

export interface BenchOptions {
  /** Also what takes minutes and tens of gigabytes. */
  readonly large: boolean;
  /** Aborts on Ctrl-C: what was begun is removed. */
  readonly signal: AbortSignal;
}

/** A line of a table: what is measured, ours, what stands beside it, the ratio of both, and the goal. */
export type Row = readonly [string, string, string, string, string];

export const header: Row = ['MEASURE', 'OURS', 'BESIDE', 'RATIO', 'GOAL'];

/** The peak of memory that no size of a bundle may lift. */
const maxPeakBytes = 200_000_000;

/** Two medians as a row; without a goal where they are only told. */
export function timeRow(
  measure: string,
  { oursMs, theirsMs, ratio }: PairResult,
  beside: { readonly name: string; readonly goal?: number },
): Row {
  const goal = beside.goal === undefined ? 'none' : goalText(ratio, beside.goal);
  const theirs = `${beside.name}: ${durationText(theirsMs)}`;
  return [measure, durationText(oursMs), theirs, ratio.toFixed(2), goal];
}

/** A peak of memory as a row. */
export function peakRow(measure: string, peakBytes: number): Row {
  const goal = `<= ${bytesText(maxPeakBytes)}${peakBytes <= maxPeakBytes ? '' : ', MISSED'}`;
  return [`VmHWM, ${measure}`, bytesText(peakBytes), '', '', goal];
}

/** A goal that a ratio has, with a word where it is missed. */
export function goalText(ratio: number, goal: number): string {
  return `<= ${String(goal)}${ratio <= goal ? '' : ', MISSED'}`;
}
