/** Where the counters lie that all threads share. */
export const slots = { next: 0, doneBytes: 1, stop: 2 } as const;

export const slotCount = 3;

/** What a hashing thread is given. */
export interface HashingInput {
  readonly descriptor: number;
  readonly jobs: readonly HashingJob[];
  readonly shared: SharedArrayBuffer;
}

export interface HashingJob {
  readonly digest: string;
  readonly start: number;
  readonly sizeBytes: number;
}

/** What it says at its end: the jobs whose bytes are not what their digest says. */
export type HashingAnswer = readonly { readonly index: number; readonly got: string }[];

/** Both sides are this program, so the tag is all that is looked at; a schema library would cost each thread its memory. */
export function isHashingInput(value: unknown): value is HashingInput {
  return typeof value === 'object' && value !== null && 'descriptor' in value && 'jobs' in value;
}

export function isHashingAnswer(value: unknown): value is HashingAnswer {
  return Array.isArray(value);
}
