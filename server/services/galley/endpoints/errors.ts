import type { ErrorSpec } from '../../../http/api-error.js';

/** Errors of conversations and messages. Source: backend-api 3.6, 3.7, 10. */
export const noConversation: ErrorSpec = {
  status: 404,
  label: 'no-conversation',
  message: 'Conversation not found',
};
export const noConversationMember: ErrorSpec = {
  status: 404,
  label: 'no-conversation-member',
  message: 'Conversation member not found',
};
export const accessDenied: ErrorSpec = {
  status: 403,
  label: 'access-denied',
  message: 'Conversation access denied',
};
export const actionDenied: ErrorSpec = {
  status: 403,
  label: 'action-denied',
  message: 'Insufficient authorization',
};
export const invalidOperation: ErrorSpec = {
  status: 403,
  label: 'invalid-op',
  message: 'Invalid operation',
};
export const notConnected: ErrorSpec = {
  status: 403,
  label: 'not-connected',
  message: 'Users are not connected',
};
export const tooManyMembers: ErrorSpec = {
  status: 403,
  label: 'too-many-members',
  message: 'Maximum number of members per conversation reached',
};
export const noTeamMember: ErrorSpec = {
  status: 403,
  label: 'no-team-member',
  message: 'Requesting user is not a team member',
};
export const mlsNotEnabled: ErrorSpec = {
  status: 400,
  label: 'mls-not-enabled',
  message: 'MLS is not configured on this backend',
};
export const unknownClient: ErrorSpec = {
  status: 403,
  label: 'unknown-client',
  message: 'Unknown Client',
};
export const tooManyToBroadcast: ErrorSpec = {
  status: 400,
  label: 'too-many-users-to-broadcast',
  message: 'Too many users to fan out the broadcast event to',
};
export const federationNotEnabled: ErrorSpec = {
  status: 400,
  label: 'federation-not-enabled',
  message: 'no federator configured',
};
