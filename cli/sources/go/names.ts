import { z } from 'zod';

/** One element of a path neither begins nor ends with a dot. Source: golang.org/x/mod/module, CheckPath. */
const element = '(?![.])[A-Za-z0-9._~-]*[A-Za-z0-9_~-]';

/** A module path starts with a host's name: lower case, with a dot. */
const host = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+';

const modulePath = new RegExp(`^${host}(?:/${element})*$`);

export const goPathSchema = z
  .string()
  .max(255)
  .regex(modulePath, 'a path such as github.com/owner/module/v2');

/** A semantic version of a module. Source: Go Modules Reference, Versions. */
export const goVersionSchema = z
  .string()
  .max(128)
  .regex(
    /^v(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)(?:-[0-9A-Za-z.-]+)?(?:\+incompatible)?$/,
    'a version such as v1.2.3',
  );

/** A package: an import path, or `./cmd/x` below the module. */
export const goPackageSchema = z
  .string()
  .max(255)
  .refine(
    (text) =>
      text === '.' || modulePath.test(text) || new RegExp(`^\\.(?:/${element})+$`).test(text),
    'an import path, or a path in the module such as ./cmd/tool',
  );

export const goToolchainSchema = z
  .string()
  .regex(/^go1\.[0-9]{1,3}\.[0-9]{1,3}$/, 'a release such as go1.26.8');

/** A module at a version. */
export const goModuleAtSchema = z
  .string()
  .max(400)
  .refine((text) => {
    const [path = '', version = '', ...rest] = text.split('@');
    return rest.length === 0 && modulePath.test(path) && goVersionSchema.safeParse(version).success;
  }, 'a module and a version such as k8s.io/api@v0.36.3');

/** The directory hash of go.sum. Source: golang.org/x/mod/sumdb/dirhash. */
export const goHashSchema = z.string().regex(/^h1:[A-Za-z0-9+/]{43}=$/, 'h1: and a hash in base64');

/** A command's name, which becomes a file's. */
export const goCommandSchema = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a name such as etcd');

/** Upper case letters as `!` and the lower case one. Source: Go Modules Reference, Module proxy, case encoding. */
export function escapePath(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

/** The name that `go build` gives a command: its path's last element that is no major version. */
export function commandName(importPath: string): string {
  const elements = importPath.split('/');
  const last = elements.at(-1) ?? '';
  const isMajor = elements.length > 1 && /^v(?:[2-9]|[1-9][0-9]+)$/.test(last);
  return isMajor ? (elements.at(-2) ?? '') : last;
}
