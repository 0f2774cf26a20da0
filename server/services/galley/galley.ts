import { contractOf } from '../../contract/services.js';
import { defineService } from '../../service/service.js';
import { galleyConfig } from './galley-config.js';
import { parseRemovalKeys } from './removal-keys.js';
import { featureRoutes } from './routes/features.js';
import { mlsKeyRoutes } from './routes/mls-keys.js';

/** Conversations, their members and messages, and what users may do. */
export const galley = defineService({
  contract: contractOf('galley'),
  configSchema: galleyConfig,
  build({ config }) {
    const removalKeys = parseRemovalKeys(config.requiredSecret('mls-removal-keys'));
    return {
      stores: [],
      routes: [...featureRoutes(), ...mlsKeyRoutes(removalKeys)],
    };
  },
});
