import { z } from 'zod';
import { digestSchema } from '../../digest.js';

/** Debian's names are short; what is longer is no name. */
const maxNameLength = 128;

/** Source: Debian Policy 5.6.7. A trailing `-` would tell apt to remove the package, so it is no name here. */
export const packageNameSchema = z
  .string()
  .max(maxNameLength)
  .regex(/^[a-z0-9][a-z0-9+.-]*[a-z0-9+.]$/, 'the name of a Debian package, such as nginx-light');

/** Source: Debian Policy 5.6.12. */
const versionSchema = z
  .string()
  .max(maxNameLength)
  .regex(
    /^(\d{1,9}:)?[0-9][A-Za-z0-9.+~-]*$/,
    'the version of a Debian package, such as 1.22.1-9+deb12u4',
  );

const suiteSchema = z
  .string()
  .max(maxNameLength)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'the name of a Debian suite, such as bookworm');

const componentSchema = z
  .string()
  .max(maxNameLength)
  .regex(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    'a component of a Debian suite, such as main or non-free-firmware',
  );

const architectureSchema = z
  .string()
  .max(maxNameLength)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a Debian architecture, such as amd64');

const packageRequestSchema = z
  .string()
  .max(2 * maxNameLength)
  .regex(
    /^[a-z0-9][a-z0-9+.-]*[a-z0-9+.](=(\d{1,9}:)?[0-9][A-Za-z0-9.+~-]*)?$/,
    'the name of a Debian package, such as nginx-light, or name=version',
  );

/**
 * What a recipe says of Debian packages. `pockets` are the suites beside the release itself: `bookworm` with
 * `updates` and `security` means bookworm, bookworm-updates and bookworm-security. `base` is what the target has
 * already: `minbase` (Essential, Priority required and apt) or a list; what these depend on counts with them.
 */
export const aptSpecSchema = z.strictObject({
  suite: suiteSchema,
  pockets: z.array(z.enum(['updates', 'security', 'backports'])).default(['updates', 'security']),
  components: z.array(componentSchema).min(1).default(['main']),
  architecture: architectureSchema.default('amd64'),
  keyring: z.string().min(1).default('/usr/share/keyrings/debian-archive-keyring.gpg'),
  packages: z.array(packageRequestSchema).min(1).refine(hasDistinctNames, 'each package once'),
  base: z.union([z.literal('minbase'), z.array(packageNameSchema)]).default('minbase'),
  recommends: z.boolean().default(false),
});

export type AptSpec = z.infer<typeof aptSpecSchema>;

/** The path of a package below the root of its archive: plain segments, so that it can name a file here too. */
const poolPathSchema = z
  .string()
  .max(512)
  .regex(/^pool(\/[A-Za-z0-9][A-Za-z0-9+.~_-]*)+\.deb$/, 'the path of a package below pool/');

const lockedPackageSchema = z.strictObject({
  package: packageNameSchema,
  version: versionSchema,
  architecture: architectureSchema,
  /** The suite that has it: the release itself or one of its pockets. */
  suite: suiteSchema,
  path: poolPathSchema,
  digest: digestSchema,
  sizeBytes: z.int().positive(),
});

export type LockedPackage = z.infer<typeof lockedPackageSchema>;

const lockedReleaseSchema = z.strictObject({
  suite: suiteSchema,
  /** When the archive signed this state of the suite. */
  date: z.iso.datetime(),
  /** The InRelease file, signature included. */
  digest: digestSchema,
});

export type LockedRelease = z.infer<typeof lockedReleaseSchema>;

/** What a lock keeps: the signed states of the suites that were asked, and each package with what proves it. */
export const aptPinSchema = z.strictObject({
  /** The code name of the release, whatever alias the recipe used. */
  suite: suiteSchema,
  architecture: architectureSchema,
  /** The keyring that the signatures were held against. */
  keyring: digestSchema,
  releases: z.array(lockedReleaseSchema).min(1),
  /** The packages that the target is taken to have; they are carried only where an exact version is needed. */
  base: z.array(packageNameSchema),
  packages: z
    .array(lockedPackageSchema)
    .min(1)
    .refine(hasDistinctPaths, 'each package and each path once'),
});

export type AptPin = z.infer<typeof aptPinSchema>;

/** A request of a recipe in its two parts. */
export function parseRequest(request: string): { name: string; version: string | undefined } {
  const [name = '', version] = request.split('=');
  return { name, version };
}

function hasDistinctNames(requests: readonly string[]): boolean {
  return new Set(requests.map((request) => parseRequest(request).name)).size === requests.length;
}

/** Paths are compared as a file system without upper case would. */
function hasDistinctPaths(packages: readonly { package: string; path: string }[]): boolean {
  const names = new Set(packages.map((locked) => locked.package));
  const paths = new Set(packages.map(({ path }) => path.toLowerCase()));
  return names.size === packages.length && paths.size === packages.length;
}
