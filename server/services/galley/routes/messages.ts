import { route, type Route } from '../../../http/route.js';
import { postBroadcast, postMessage } from '../endpoints/messages.js';
import { broadcast, sendMessage, type Sent } from '../messages/send.js';
import { requireLocal, type GalleyTools } from '../tools.js';

/** Messages. */
export function messageRoutes(tools: GalleyTools): readonly Route[] {
  return [
    route(postMessage, async ({ params, body, ...act }) => {
      requireLocal(tools, params.cnv_domain);
      return sentReply(await sendMessage(tools, { conversation: params.cnv, bytes: body }, act));
    }),
    route(postBroadcast, async ({ body, ...act }) => sentReply(await broadcast(tools, body, act))),
  ];
}

function sentReply({ isStored, status }: Sent) {
  return { status: isStored ? 201 : 412, body: status } as const;
}
