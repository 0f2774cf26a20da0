import { z } from 'zod';

/** An event as clients get it: its type, and members that depend on it. */
export const event = z.looseObject({ type: z.string() });

export type Event = z.output<typeof event>;
