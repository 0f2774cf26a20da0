/**
 * The code of an error of Node's own or of a library. It asks for the member instead of the class, because errors may
 * come from another realm.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
