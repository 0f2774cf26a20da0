import { route, type Route } from '../../../http/route.js';
import { supportedVersions } from '../../../http/versions.js';
import { getApiVersion } from '../endpoints/api-version.js';

/** What clients ask first. */
export function apiVersionRoutes(domain: string): readonly Route[] {
  return [
    route(getApiVersion, () => ({
      status: 200,
      body: { supported: [...supportedVersions], development: [], federation: false, domain },
    })),
  ];
}
