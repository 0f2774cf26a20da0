import { generateKeyPairSync } from 'node:crypto';

/** A zauth key pair as the secret files hold it: one base64 line each. */
export function zauthKeyLines(): { readonly secret: string; readonly public: string } {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const publicKey = Buffer.from(x, 'base64url');
  const secret = Buffer.concat([Buffer.from(d, 'base64url'), publicKey]);
  return { secret: secret.toString('base64'), public: publicKey.toString('base64') };
}

/** The MLS removal keys as the secret file holds them. */
export function mlsRemovalKeys(): string {
  const keys = [
    generateKeyPairSync('ed25519').privateKey,
    ...['P-256', 'P-384', 'P-521'].map(
      (namedCurve) => generateKeyPairSync('ec', { namedCurve }).privateKey,
    ),
  ];
  return keys.map((key) => key.export({ type: 'pkcs8', format: 'pem' }).toString()).join('');
}
