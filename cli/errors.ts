import { types } from 'node:util';
import { exitCodes, type ExitFamily } from './exit-codes.js';

/** Every way a command can fail on purpose, and the exit family it belongs to. */
export const errorFamilies = {
  UNEXPECTED: 'unexpected',

  USAGE_INVALID: 'usage',
  TOPIC_UNKNOWN: 'usage',

  CONFIG_INVALID: 'invalid',
  CONFIG_UNREADABLE: 'invalid',
  APT_SUITE_UNKNOWN: 'invalid',
  APT_COMPONENT_UNKNOWN: 'invalid',
  APT_PACKAGE_UNKNOWN: 'invalid',
  APT_UNSOLVABLE: 'invalid',
  APT_KEYRING_UNREADABLE: 'invalid',
  HELM_IMAGE_MISSING: 'invalid',
  HELM_RENDER_FAILED: 'invalid',
  HELM_REPOSITORY_UNKNOWN: 'invalid',
  RECIPE_INVALID: 'invalid',
  RECIPE_UNREADABLE: 'invalid',
  LOCK_INVALID: 'invalid',
  LOCK_MISSING: 'invalid',
  LOCK_STALE: 'invalid',

  SOURCE_MISMATCH: 'verification',
  APT_SUITE_UNVERIFIED: 'verification',
  APT_SUITE_EXPIRED: 'verification',
  APT_PACKAGE_MISLABELLED: 'verification',
  COSIGN_MISSING: 'verification',
  COSIGN_INVALID: 'verification',
  COSIGN_OTHER_IMAGE: 'verification',

  SOURCE_UNREACHABLE: 'source',
  SOURCE_TRUNCATED: 'source',
  SOURCE_REFUSED: 'source',
  SOURCE_GONE: 'source',
  SOURCE_OVERLOADED: 'source',
  SOURCE_REDIRECTS: 'source',
  SOURCE_TOO_LARGE: 'source',
  SOURCE_TLS: 'source',
  SOURCE_INVALID: 'source',
  APT_SOURCES_MISSING: 'source',
  ISLAND_INCOMPLETE: 'invalid',
  ISLAND_INVALID: 'invalid',
  ISLAND_UNREADABLE: 'invalid',
  HOST_KEYS_UNCONFIRMED: 'connection',

  TRUST_MISSING: 'invalid',
  TRUST_INVALID: 'invalid',
  TRUST_HOLDS_PRIVATE_KEY: 'invalid',
  KEY_MISSING: 'invalid',
  KEY_INVALID: 'invalid',
  KEY_IS_PUBLIC: 'invalid',
  KEY_TOO_READABLE: 'invalid',
  KEY_EXISTS: 'invalid',
  KEY_HAS_SIGNED: 'invalid',
  KEY_NEEDS_PASSPHRASE: 'invalid',

  SIGNATURES_MALFORMED: 'verification',
  SIGNATURES_FULL: 'verification',
  SIGNATURE_MISSING: 'verification',
  SIGNATURE_INVALID: 'verification',
  SIGNATURE_NAMESPACE_WRONG: 'verification',
  SIGNATURES_TOO_FEW: 'verification',
  SIGNER_UNKNOWN: 'verification',
  SIGNER_REVOKED: 'verification',
  SIGNER_EXPIRED: 'verification',
  SIGNER_NOT_YET_VALID: 'verification',
  CHANNEL_NOT_TRUSTED: 'verification',
  TRUST_NOT_NEWER: 'verification',

  BUNDLE_CONTENT_INVALID: 'invalid',
  BLOB_TOO_LARGE: 'invalid',
  COMPONENT_UNKNOWN: 'invalid',

  BUNDLE_UNRECOGNISED: 'verification',
  BUNDLE_TRUNCATED: 'verification',
  BUNDLE_TAR_INVALID: 'verification',
  BUNDLE_NOT_CANONICAL: 'verification',
  BUNDLE_SCHEMA_UNKNOWN: 'verification',
  BUNDLE_DOCUMENT_INVALID: 'verification',
  BUNDLE_ENTRY_UNKNOWN: 'verification',
  BUNDLE_ENTRY_DUPLICATE: 'verification',
  BUNDLE_ENTRY_MISSING: 'verification',
  BUNDLE_ENTRY_ORDER: 'verification',
  BUNDLE_ENTRY_SIZE: 'verification',
  BUNDLE_TRAILING_BYTES: 'verification',
  BUNDLE_EXPIRED: 'verification',
  BLOB_DIGEST_MISMATCH: 'verification',
  CLI_TOO_OLD: 'verification',
  PART_INVALID: 'verification',
  PART_MISSING: 'verification',
  PART_DUPLICATE: 'verification',
  PART_FOREIGN: 'verification',
  PART_DIGEST_MISMATCH: 'verification',

  INPUT_CHANGED: 'local',
  INPUT_UNREADABLE: 'local',

  HOST_KEY_UNPINNED: 'connection',
  HOST_KEY_CHANGED: 'connection',
  HOST_REFUSED: 'connection',
  HOST_TIMEOUT: 'connection',
  HOST_UNREACHABLE: 'connection',
  HOST_AUTH_REFUSED: 'connection',
  HOST_LOST: 'connection',
  SUDO_NEEDS_PASSWORD: 'connection',
  SUDO_REFUSED: 'connection',
  SSH_KEY_MISSING: 'invalid',
  SSH_KEY_INVALID: 'invalid',
  SSH_KEY_TOO_READABLE: 'invalid',
  SSH_KEY_NEEDS_PASSPHRASE: 'invalid',

  PREFLIGHT_FAILED: 'preflight',

  REMOTE_FAILED: 'remote',
  REMOTE_STATE_INVALID: 'remote',
  HOST_DISK_FULL: 'remote',
  BLOB_NOT_STORED: 'remote',
  ISLAND_LOCKED: 'locked',
  BUNDLE_CHANNEL_OTHER: 'verification',
  BUNDLE_SEQUENCE_OLDER: 'verification',
  BUNDLE_SEQUENCE_TAKEN: 'verification',
  BUNDLE_BASE_MISSING: 'verification',

  ARCHIVE_UNSAFE: 'verification',
  ARCHIVE_INVALID: 'verification',

  NPM_PACKAGE_UNKNOWN: 'source',
  NPM_VERSION_UNKNOWN: 'source',
  NPM_CLOSURE_UNUSABLE: 'source',
  NPM_FILE_MISSING: 'source',
  NPM_FILE_MISMATCH: 'verification',
  NPM_FAILED: 'source',

  HELM_CHART_UNKNOWN: 'source',
  HELM_VERSION_UNKNOWN: 'source',
  HELM_DIGEST_MISSING: 'source',
  HELM_CHART_INVALID: 'verification',
  HELM_PROVENANCE_MISSING: 'verification',
  HELM_PROVENANCE_INVALID: 'verification',
  HELM_PROVENANCE_OTHER_CHART: 'verification',

  PYPI_PACKAGE_UNKNOWN: 'source',
  PYPI_VERSION_UNKNOWN: 'source',
  PYPI_WHEEL_MISSING: 'source',
  PYPI_HASH_MISSING: 'source',
  PYPI_UNSOLVABLE: 'source',
  PYPI_INDEX_MISSING: 'source',
  PYPI_FAILED: 'source',

  MAVEN_ARTIFACT_UNKNOWN: 'source',
  MAVEN_CHECKSUM_MISSING: 'source',
  MAVEN_CLOSURE_UNUSABLE: 'source',
  MAVEN_FAILED: 'source',

  GO_PROXY_UNUSABLE: 'source',
  GO_MODULE_UNKNOWN: 'source',
  GO_SUM_DATABASE_OFF: 'source',
  GO_SUM_DATABASE_INVALID: 'verification',
  GO_TOOLCHAIN_MISMATCH: 'verification',
  GO_TOOLCHAIN_UNSUITABLE: 'source',
  GO_UNSOLVABLE: 'source',
  GO_COMMAND_UNKNOWN: 'source',
  GO_MODULES_MISMATCH: 'verification',
  GO_NEEDS_CGO: 'source',
  GO_BUILD_FAILED: 'source',

  OUTPUT_FAILED: 'local',
  KEY_NOT_MADE: 'local',
  SIGNING_FAILED: 'local',
  OUTPUT_EXISTS: 'local',
  OUTPUT_NOT_WRITABLE: 'local',
  STORE_BLOB_CHANGED: 'local',
  TOOL_MISSING: 'local',
  TOOL_FAILED: 'local',
  DISK_FULL: 'local',
  STORE_READ_ONLY: 'local',
  STORE_UNSAFE: 'local',
  STORE_FAILED: 'local',

  REHEARSAL_NETWORK_UNUSABLE: 'invalid',
  REHEARSAL_UNKNOWN: 'invalid',
  REHEARSAL_HOST_UNKNOWN: 'invalid',
  REHEARSAL_COMMAND_FAILED: 'remote',
  REHEARSAL_BOOT_FAILED: 'readiness',
  REHEARSAL_NEEDS_ROOT: 'local',
  REHEARSAL_NAMESPACES_MISSING: 'local',
  REHEARSAL_CGROUPS_MISSING: 'local',
  REHEARSAL_EXISTS: 'local',
  REHEARSAL_NETWORK_TAKEN: 'local',
  REHEARSAL_HOST_DOWN: 'local',
  REHEARSAL_NOT_DOWN: 'local',

  INTERRUPTED: 'interrupted',
  TERMINATED: 'terminated',
} as const satisfies Record<string, Exclude<ExitFamily, 'ok'>>;

export type ErrorCode = keyof typeof errorFamilies;

/** One thing that is wrong with what was given: where it stands, what was expected there and what was found. */
export interface Problem {
  readonly where: string;
  readonly expected: string;
  readonly got: string;
}

export interface ErrorDetails {
  /** What went wrong, lower case, with what was expected and what was found. */
  readonly message: string;
  /** What to type or change next. */
  readonly hint?: string;
  /** All that is wrong with one input, so that it can be mended in one go. */
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
}

/** A failure that the user can act on: a code from the closed set, a message and a hint. */
export class WireOfflineError extends Error {
  override readonly name = 'WireOfflineError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.problems = details.problems ?? [];
  }

  /** The status that the process ends with when this error reaches `main`. */
  get exitCode(): number {
    return exitCodes[errorFamilies[this.code]];
  }
}

/** Anything thrown, as an error of ours: what is not one is a defect and becomes `UNEXPECTED` with its cause kept. */
export function toWireOfflineError(thrown: unknown): WireOfflineError {
  if (thrown instanceof WireOfflineError) return thrown;
  return new WireOfflineError('UNEXPECTED', {
    message: types.isNativeError(thrown) ? thrown.message : String(thrown),
    hint: 'this is a defect of wire-offline: run the command again with -v and report what it prints',
    cause: thrown,
  });
}

/** Whether something thrown is a system error (`ENOENT`, `EACCES`, ...) of one of the given codes. */
export function hasSystemCode(
  thrown: unknown,
  ...codes: readonly string[]
): thrown is Error & { code: string } {
  return (
    // Not instanceof: an error may come from another realm, as in a test's sandbox.
    types.isNativeError(thrown) &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    codes.includes(thrown.code)
  );
}
