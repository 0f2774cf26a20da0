import { WireOfflineError } from '../../cli/errors.js';

/** The code that work fails with, so that a test can say which it expects; `none` where it does not fail. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof WireOfflineError) return error.code;
    throw error;
  }
}
