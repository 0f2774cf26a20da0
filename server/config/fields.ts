import { z } from 'zod';

/** `true` or `false` and nothing else. */
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** A whole number of something, one at least. */
export const count = z
  .string()
  .regex(/^[1-9][0-9]{0,9}$/, 'expected a whole number above 0')
  .transform(Number);

/** A port; `0` lets the system choose. */
export const port = z
  .string()
  .regex(/^[0-9]{1,5}$/, 'expected a port')
  .transform(Number)
  .refine((number) => number <= 65_535, 'expected a port');

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, with brackets around an IPv6 address. */
export const address = z.string().transform((text, context): Address => {
  const match = /^(?:\[([0-9a-f:]+)\]|([^:[\]\s]+)):([0-9]{1,5})$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  const number = Number(match?.[3]);
  if (host !== undefined && number <= 65_535) return { host, port: number };
  context.addIssue({ code: 'custom', message: 'expected host:port' });
  return z.NEVER;
});

/** Addresses separated by commas, one at least. */
export const addresses = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(address).min(1));

/** An http or https address without a slash at its end. */
export const url = z
  .url({ protocol: /^https?$/, error: 'expected an http or https address' })
  .transform((text) => text.replace(/\/+$/, ''));

/** A text where empty means none. */
export const optionalText = z.string().transform((text) => (text === '' ? undefined : text));

/** A backend domain as Wire's clients accept it: a dot at least and an alphabetic top level. */
export const domain = z
  .string()
  .max(253)
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'expected a domain like a.example',
  );
