import { isUtf8 } from 'node:buffer';
import gt from 'semver/functions/gt.js';
import { WireOfflineError, type ErrorCode } from '../errors.js';
import { readPackage } from '../package.js';
import { isCanonical } from './canonical-json.js';
import { documentEnvelopeSchema, type BundleDocument } from './document.js';
import { readDocument } from './document-check.js';
import { bundleSchemaVersion } from './layout.js';

/**
 * Reads the bytes of an accepted `bundle.json`: they must be the canonical text of what they say.
 *
 * @throws {WireOfflineError} BUNDLE_DOCUMENT_INVALID, BUNDLE_NOT_CANONICAL, CLI_TOO_OLD, BUNDLE_SCHEMA_UNKNOWN
 */
export function parseDocument(
  bundleJson: Uint8Array,
  cliVersion = readPackage().version,
): BundleDocument {
  const value = toJson(bundleJson);
  if (!isCanonical(bundleJson, value))
    throw failure('BUNDLE_NOT_CANONICAL', 'the canonical text of its value (RFC 8785)', 'another');
  refuseNewer(value, cliVersion);
  const { document, problems } = readDocument(value);
  if (document !== undefined) return document;
  throw new WireOfflineError('BUNDLE_DOCUMENT_INVALID', {
    message: 'bundle.json contradicts itself or the format',
    problems: problems.slice(0, 20),
    hint: 'whoever signed it must make the bundle again',
  });
}

function refuseNewer(value: unknown, cliVersion: string): void {
  const envelope = documentEnvelopeSchema.safeParse(value);
  if (!envelope.success) return;
  const { schemaVersion, minCli } = envelope.data;
  if (gt(minCli.version, cliVersion))
    throw new WireOfflineError('CLI_TOO_OLD', {
      message: `bundle: expected wire-offline ${minCli.version} or newer, got ${cliVersion}: ${minCli.reason}`,
      hint: 'unpack bootstrap.tar of this bundle and use the wire-offline inside',
    });
  if (schemaVersion !== bundleSchemaVersion)
    throw failure(
      'BUNDLE_SCHEMA_UNKNOWN',
      `schemaVersion ${String(bundleSchemaVersion)}`,
      String(schemaVersion),
    );
}

function toJson(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw failure('BUNDLE_DOCUMENT_INVALID', 'JSON in UTF-8', 'other bytes');
  try {
    // A byte order mark is kept, so that JSON.parse refuses it.
    return JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw failure('BUNDLE_DOCUMENT_INVALID', 'JSON in UTF-8', cause.message, cause);
  }
}

function failure(
  code: ErrorCode,
  expected: string,
  ...[got, cause]: readonly [got: string, cause?: unknown]
): WireOfflineError {
  return new WireOfflineError(code, {
    message: `bundle.json: expected ${expected}, got ${got}`,
    hint: 'use a bundle made for this version of wire-offline',
    cause,
  });
}
