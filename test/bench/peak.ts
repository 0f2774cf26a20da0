import { readFileSync } from 'node:fs';

/** The kernel keeps the highest value, so that only what is reached in the last moment can be missed. */
const pollEveryMs = 20;

/** Follows the most memory that a process, its threads included, ever had. Source: proc(5), VmHWM. */
export function watchPeak(pid: number | undefined): { readonly end: () => number } {
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(pid));
  }, pollEveryMs);
  return {
    end: () => {
      clearInterval(timer);
      return peakBytes;
    },
  };
}

function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    // It has just ended.
    return 0;
  }
}
