/** A moment in whole seconds since 1970, UTC. */
export type UnixSeconds = number;

/** When a key may sign: both ends belong to it. */
export interface Validity {
  readonly fromUnixSec?: UnixSeconds;
  readonly untilUnixSec?: UnixSeconds;
}

const pattern = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?Z$/;

/**
 * A moment as `allowed_signers` states it, `YYYYMMDDZ` or `YYYYMMDDHHMM[SS]Z`; nothing for any other text. Without
 * the `Z` the moment would depend on the reader's time zone. Source: ssh-keygen(1), "ALLOWED SIGNERS".
 */
export function parseMoment(text: string): UnixSeconds | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  const moment = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const whole = momentText(moment);
  const given = `${text.slice(0, -1).padEnd(14, '0')}Z`;
  return whole === given ? Math.floor(moment.getTime() / 1000) : undefined;
}

/** A date as `ssh-keygen` takes it: `YYYYMMDDHHMMSSZ`. */
export function momentText(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
}

export type ValidityState = 'valid' | 'expired' | 'not-yet-valid';

/** Whether a key may sign at a time. Source: OpenSSH sshsig.c, both ends are inside. */
export function validityAt({ fromUnixSec, untilUnixSec }: Validity, now: Date): ValidityState {
  const nowUnixSec = Math.floor(now.getTime() / 1000);
  if (fromUnixSec !== undefined && nowUnixSec < fromUnixSec) return 'not-yet-valid';
  if (untilUnixSec !== undefined && nowUnixSec > untilUnixSec) return 'expired';
  return 'valid';
}
