import { resolve } from 'node:path';
import { writeOutput } from '../bundle/output-file.js';
import { checkIdentity, type IslandIdentity } from '../island/identity.js';
import { planTemplate } from '../island/plan-template.js';
import { planIsland, type Plan, type PlanRequest } from '../island/plan.js';

export interface PlanRun extends PlanRequest, IslandIdentity {
  /** The island file to write, as the user named it; none is written without. */
  readonly out: string | undefined;
  readonly cwd: string;
}

/**
 * Says what hosts so many users and calls need, and writes an island file of that size where one is asked for.
 *
 * @throws {WireOfflineError} USAGE_INVALID (identity), OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE, DISK_FULL
 */
export async function planAndWrite(run: PlanRun): Promise<Plan> {
  const { users, calls, participants, out, cwd } = run;
  checkIdentity(run);
  const plan = planIsland({ users, calls, participants });
  if (out === undefined) return plan;
  const text = planTemplate(plan, run);
  await writeOutput({ file: resolve(cwd, out) }, (handle) => handle.writeFile(text));
  return plan;
}
