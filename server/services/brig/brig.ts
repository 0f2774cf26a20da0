import { contractOf } from '../../contract/services.js';
import { defineService } from '../../service/service.js';
import { apiVersionRoutes } from './routes/api-version.js';
import { brigConfig } from './brig-config.js';
import { cassandraOf } from '../../stores/cassandra/of-service.js';

/** Accounts, sessions, clients, profiles and connections. */
export const brig = defineService({
  contract: contractOf('brig'),
  configSchema: brigConfig,
  build({ config }) {
    const cassandra = cassandraOf('brig', config);
    return {
      stores: [cassandra],
      routes: [...apiVersionRoutes(config.values.WIRE_DOMAIN)],
    };
  },
});
