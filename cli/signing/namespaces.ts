/**
 * What a signature is for. A signature made for one purpose is none for another, and none of a commit or an e-mail
 * is one of ours. Source: OpenSSH, PROTOCOL.sshsig, section 2, "namespace".
 */
export const bundleNamespace = 'wire-offline-bundle';

export const trustNamespace = 'wire-offline-trust';

export type Namespace = typeof bundleNamespace | typeof trustNamespace;

export function isNamespace(text: string): text is Namespace {
  return text === bundleNamespace || text === trustNamespace;
}
