import { contractOf } from '../../contract/services.js';
import { internalClient } from '../../http/internal-client.js';
import { defineService } from '../../service/service.js';
import { cassandraOf } from '../../stores/cassandra/of-service.js';
import { announcer } from './announcer.js';
import { ConversationStore } from './conversations/conversation-store.js';
import { galleyConfig } from './galley-config.js';
import { peopleOf } from './people.js';
import { parseRemovalKeys } from './removal-keys.js';
import { conversationRoutes } from './routes/conversations.js';
import { featureRoutes } from './routes/features.js';
import { internalRoutes } from './routes/internal.js';
import { memberRoutes } from './routes/members.js';
import { membershipRoutes } from './routes/membership.js';
import { messageRoutes } from './routes/messages.js';
import { mlsKeyRoutes } from './routes/mls-keys.js';
import { settingRoutes } from './routes/settings.js';
import type { GalleyTools } from './tools.js';

/** gundeck stores a large message for hundreds of clients before it answers. */
const pushTimeoutMs = 30_000;

/** Conversations, their members and messages, and what users may do. */
export const galley = defineService({
  contract: contractOf('galley'),
  configSchema: galleyConfig,
  build({ config, clock }) {
    const { WIRE_DOMAIN, BRIG_URL, GUNDECK_URL } = config.values;
    const removalKeys = parseRemovalKeys(config.requiredSecret('mls-removal-keys'));
    const cassandra = cassandraOf('galley', config);
    const brig = internalClient({ service: 'brig', baseUrl: BRIG_URL });
    const gundeck = internalClient({
      service: 'gundeck',
      baseUrl: GUNDECK_URL,
      timeoutMs: pushTimeoutMs,
    });
    const tools: GalleyTools = {
      domain: WIRE_DOMAIN,
      clock,
      store: new ConversationStore(cassandra),
      people: peopleOf(brig),
      announcer: announcer(gundeck),
    };
    return {
      stores: [cassandra],
      routes: [
        ...featureRoutes(),
        ...mlsKeyRoutes(removalKeys),
        ...conversationRoutes(tools),
        ...memberRoutes(tools),
        ...settingRoutes(tools),
        ...membershipRoutes(tools),
        ...messageRoutes(tools),
        ...internalRoutes(tools),
      ],
      async close() {
        await brig.close();
        await gundeck.close();
      },
    };
  },
});
