import { route, type Route } from '../../../http/route.js';
import { defaultFeatures } from '../default-features.js';
import { getFeatureConfigs } from '../endpoints/features.js';

/** What users may do. */
export function featureRoutes(): readonly Route[] {
  return [route(getFeatureConfigs, () => ({ status: 200, body: { ...defaultFeatures } }))];
}
