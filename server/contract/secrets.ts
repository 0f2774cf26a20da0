/** A secret that a service reads from a file of its name in the folder that `SECRETS_FOLDER` names. */
export interface SecretContract {
  readonly name: string;
  /** What the file holds, for the one who makes it. */
  readonly format: string;
  /** `island`: made once for an island and the same for all that list it; `service`: one for each service; `operator`: given. */
  readonly madeBy: 'island' | 'service' | 'operator';
  /** A missing file means that the feature is off. */
  readonly optional: boolean;
}

/** Every secret that a service may list. */
export const secretContracts = [
  {
    name: 'cassandra-password',
    format: 'password of the service’s Cassandra role, one line',
    madeBy: 'service',
    optional: true,
  },
  {
    name: 'redis-password',
    format: 'password of the service’s Redis user, one line',
    madeBy: 'service',
    optional: true,
  },
  {
    name: 'objects-secret-key',
    format: 'secret key of the service’s S3 access key, one line',
    madeBy: 'service',
    optional: false,
  },
  {
    name: 'search-password',
    format: 'password of the service’s user of the search engine, one line',
    madeBy: 'service',
    optional: true,
  },
  {
    name: 'zauth-private-keys',
    format: 'one base64 line a key: 64 bytes, Ed25519 seed and public key; the last line signs',
    madeBy: 'island',
    optional: false,
  },
  {
    name: 'zauth-public-keys',
    format: 'one base64 line a key: the 32 public bytes of zauth-private-keys, in its order',
    madeBy: 'island',
    optional: false,
  },
  {
    name: 'mls-removal-keys',
    format: 'four PEM private keys (PKCS #8), in any order: Ed25519, P-256, P-384, P-521',
    madeBy: 'island',
    optional: false,
  },
  {
    name: 'smtp-password',
    format: 'password of the mail relay’s user, one line',
    madeBy: 'operator',
    optional: true,
  },
] as const satisfies readonly SecretContract[];

export type SecretName = (typeof secretContracts)[number]['name'];

/** The contracts of the secrets so named. */
export function secretsOf(...names: readonly SecretName[]): readonly SecretContract[] {
  return secretContracts.filter(({ name }) => names.includes(name));
}
