import { z } from 'zod';

/** An island file, as far as rows change it. */
export const looseFile = z.looseObject({
  hosts: z.array(z.looseObject({})),
  stores: z.looseObject({}),
});
export type LooseFile = z.infer<typeof looseFile>;

/** Gives a host's address by its name. */
export type AddressOf = (host: string) => string;

/** One way in which a host is not fit: what breaks it, the one check that must fail, and where. */
export interface UnfitRow {
  readonly check: string;
  readonly what: string;
  /** Shell lines, by host. */
  readonly by?: Readonly<Record<string, string | ((addressOf: AddressOf) => string)>>;
  readonly mend?: Readonly<Record<string, string>>;
  /** Fields of the island file that say something else. */
  readonly change?: (file: LooseFile, addressOf: AddressOf) => object;
  /** Hosts on which it fails. */
  readonly on: readonly string[];
}

/** A line that runs a Perl script as a unit, and waits until it has done its part. */
export function inBackground(unit: string, script: string): string {
  return `cat >/root/${unit}.pl <<'END'
${script}
open my $done, '>', '/run/${unit}' or die;
sleep 600;
END
systemd-run --quiet --collect --unit=${unit} perl /root/${unit}.pl
for try in $(seq 100); do test -e /run/${unit} && break; sleep 0.1; done`;
}
