import type { RemoteHost } from './remote-host.js';

/** A whole file arrives under another name, is on the disk, and then takes its place: a power cut leaves the old one or the new. */
const writeScript = `
set -e
umask 022
mkdir -p -- "$1"
cat > "$1/.$2.new"
test "$(stat -c %s -- "$1/.$2.new")" = "$3"
sync -- "$1/.$2.new"
mv -f -- "$1/.$2.new" "$1/$2"
sync -- "$1"
`;

const readScript = `
for file in "$1"/*.json; do
  test -f "$file" || continue
  head -c "$2" -- "$file" && echo
done
`;

/**
 * Writes a small file on a host, for all to read.
 *
 * @throws {WireOfflineError} REMOTE_FAILED, HOST_LOST
 */
export async function writeRemoteFile(
  remote: RemoteHost,
  file: { readonly folder: string; readonly name: string; readonly bytes: Uint8Array },
): Promise<void> {
  const { folder, name, bytes } = file;
  const words = ['write-file', folder, name, String(bytes.length)];
  await remote.mustRun({ argv: ['sh', '-c', writeScript, ...words], input: bytes });
}

/**
 * The contents of the `.json` files of a folder on a host, each one line and cut off at `maxBytes`; none where there
 * is no such folder.
 *
 * @throws {WireOfflineError} REMOTE_FAILED, HOST_LOST
 */
export async function readRemoteRecords(
  remote: RemoteHost,
  folder: string,
  maxBytes: number,
): Promise<readonly string[]> {
  const words = ['read-records', folder, String(maxBytes)];
  const stdout = await remote.mustRun({ argv: ['sh', '-c', readScript, ...words] });
  return stdout.split('\n').filter((line) => line !== '');
}
