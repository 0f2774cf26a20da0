import { route, type Route } from '../../../http/route.js';
import { getMlsPublicKeys } from '../endpoints/mls-keys.js';
import type { PublicJwk, RemovalKey } from '../removal-keys.js';

/** The backend's MLS keys. */
export function mlsKeyRoutes(keys: readonly RemovalKey[]): readonly Route[] {
  return [
    route(getMlsPublicKeys, ({ query }) => {
      const removal: Record<string, string | PublicJwk> = {};
      for (const { scheme, raw, jwk } of keys)
        removal[scheme] = query.format === 'jwk' ? jwk : raw.toString('base64');
      return { status: 200, body: { removal } };
    }),
  ];
}
