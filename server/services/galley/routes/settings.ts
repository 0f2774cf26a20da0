import { route, type Route } from '../../../http/route.js';
import {
  changeSetting,
  confirming,
  opening,
  renaming,
  timing,
  type SettingChange,
} from '../conversations/change-settings.js';
import { putAccess, putMessageTimer, putName, putReceiptMode } from '../endpoints/settings.js';
import { requireLocal, type Act, type GalleyTools } from '../tools.js';
import { eventReply } from './event-reply.js';

interface SettingRequest extends Act {
  readonly params: { readonly cnv_domain: string; readonly cnv: string };
}

/** What a group is for all of its members. */
export function settingRoutes(tools: GalleyTools): readonly Route[] {
  const change = async ({ params, ...act }: SettingRequest, setting: SettingChange) => {
    requireLocal(tools, params.cnv_domain);
    return eventReply(await changeSetting(tools, { id: params.cnv, setting }, act));
  };
  return [
    route(putName, (input) => change(input, renaming(input.body.name))),
    route(putMessageTimer, (input) => change(input, timing(input.body.message_timer))),
    route(putReceiptMode, (input) => change(input, confirming(input.body.receipt_mode))),
    route(putAccess, (input) => change(input, opening(input.body.access, input.body.access_role))),
  ];
}
