/**
 * What a script can branch on: one exit status for each family of errors.
 * The numbers are a contract with operators' scripts and never change their meaning.
 */
export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  invalid: 3,
  verification: 4,
  preflight: 5,
  connection: 6,
  remote: 7,
  readiness: 8,
  locked: 9,
  source: 10,
  local: 11,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitFamily = keyof typeof exitCodes;
