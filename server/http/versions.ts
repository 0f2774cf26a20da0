/** The API versions that are served, with one set of handlers. Source: backend-api 1. */
export const supportedVersions = [8, 9, 10, 11, 12, 13, 14, 15] as const;

export interface VersionedPath {
  /** What the path says: undefined where it says none. */
  readonly version: number | undefined;
  /** The path without its version. */
  readonly path: string;
}

/** Takes `/vN` off a path. */
export function splitVersion(path: string): VersionedPath {
  const match = /^\/v([0-9]{1,4})(\/.*)$/.exec(path);
  const [, digits, rest] = match ?? [];
  if (digits === undefined || rest === undefined) return { version: undefined, path };
  return { version: Number(digits), path: rest };
}

/** True where clients may speak it. */
export function isSupportedVersion(version: number): boolean {
  return supportedVersions.some((supported) => supported === version);
}
