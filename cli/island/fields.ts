import { z } from 'zod';
import { parseByteSize } from '../bundle/part-size.js';

/** A DNS label in lower case: a host's name becomes its host name, a node's name and a file's. Source: RFC 1123, section 2.1. */
export const hostNameSchema = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'a host name of 1 to 63 lower-case letters, digits and dashes, with a letter or digit at both ends',
  );

const domainPattern =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** A domain of at least two labels; names such as `kubernetes.<domain>` must still fit into 253 characters. */
export const domainSchema = z
  .string()
  .refine(
    (text) => text.length <= 200 && domainPattern.test(text),
    'a domain in lower case such as wire.example, of at most 200 characters',
  );

/** Hosts are reached, and reach one another, by address: no name service is needed before the island has its own. */
export const addressSchema = z
  .string()
  .refine(isHostAddress, 'an IPv4 address of one host, such as 10.20.0.11');

/** A machine outside the island's care may also be known by name. */
export const serverSchema = z
  .string()
  .max(253)
  .refine(
    (text) =>
      isHostAddress(text) || domainPattern.test(text) || hostNameSchema.safeParse(text).success,
    'an IPv4 address or a DNS name',
  )
  .refine((text) => isHostAddress(text) || /[a-z]/.test(text), 'an IPv4 address or a DNS name');

/** Source: useradd(8), the names that Debian takes. */
export const userSchema = z
  .string()
  .regex(
    /^[a-z_][a-z0-9_-]{0,31}$/,
    'a user name of 1 to 32 lower-case letters, digits, dashes and underscores, with a letter first',
  );

export const portSchema = z.int().min(1).max(65_535);

/** An absolute path that means the same to every program it is given to. */
export const directorySchema = z
  .string()
  .max(256)
  .regex(
    /^(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$/,
    'an absolute path of letters, digits and _.- such as /srv/cassandra',
  );

/** `80GB` or `1.5GiB`, as bytes. */
export const byteSizeSchema = z.string().transform((text, context): number => {
  const sizeBytes = parseByteSize(text);
  if (sizeBytes !== undefined && sizeBytes > 0) return sizeBytes;
  context.issues.push({ code: 'custom', message: 'a size such as 80GB or 1.5GiB', input: text });
  return z.NEVER;
});

/** The name or value of a label: what Kubernetes takes as one. */
export const labelSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/,
    'a label of 1 to 63 letters, digits and _.- with a letter or digit at both ends',
  );

/** An IPv4 network in the form `address/length`, without bits set beyond its length. */
export const networkSchema = z
  .string()
  .refine((text) => isNetwork(text), 'an IPv4 network of /8 to /24 such as 10.244.0.0/16');

/** Whether an address lies in a network. */
export function contains(network: string, address: string): boolean {
  const [base = '', length = ''] = network.split('/');
  return masked(address, Number(length)) === masked(base, Number(length));
}

/** Whether two networks share an address. */
export function overlap(one: string, other: string): boolean {
  const [[a = '', aLength = ''], [b = '', bLength = '']] = [one.split('/'), other.split('/')];
  const length = Math.min(Number(aLength), Number(bLength));
  return masked(a, length) === masked(b, length);
}

/** Neither the network of "this host", nor multicast, nor what lies above. Source: RFC 6890. */
function isHostAddress(text: string): boolean {
  if (!z.ipv4().safeParse(text).success) return false;
  const first = Number(text.split('.')[0]);
  return first > 0 && first < 224;
}

function isNetwork(text: string): boolean {
  const [base = '', length = ''] = text.split('/');
  if (!/^\d{1,2}$/.test(length) || Number(length) < 8 || Number(length) > 24) return false;
  return (
    isHostAddress(base) &&
    masked(base, Number(length)) === masked(base, 32) &&
    text === `${base}/${length}`
  );
}

function masked(address: string, length: number): number {
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const free = 2 ** (32 - length);
  return Math.floor(value / free) * free;
}
