/** Below this a set of parts is more names than bytes. */
export const minPartBytes = 1_000_000;

/** Decimal as media are sold, binary where it is said. */
const units: Readonly<Record<string, number>> = {
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** The bytes that `4GB`, `3.5GiB` or `700MB` means, rounded down; nothing for any other text. */
export function parseByteSize(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,6}(?:\.\d{1,3})?) ?([A-Za-z]+)$/.exec(text) ?? [];
  const factor = units[unit ?? ''];
  return factor === undefined ? undefined : Math.floor(Number(digits) * factor);
}
