import type { ErrorSpec } from '../../http/api-error.js';

/** brig's errors; clients compare some of the messages. Source: backend-api 10. */
export const invalidCredentials: ErrorSpec = {
  status: 403,
  label: 'invalid-credentials',
  message: 'Authentication failed.',
};
export const pendingActivation: ErrorSpec = {
  status: 403,
  label: 'pending-activation',
  message: 'Account pending activation.',
};
export const suspended: ErrorSpec = {
  status: 403,
  label: 'suspended',
  message: 'Account suspended.',
};
export const tooManyFailedLogins: ErrorSpec = {
  status: 403,
  label: 'client-error',
  message: 'Too many failed logins',
};
export const loginsTooFrequent: ErrorSpec = {
  status: 429,
  label: 'client-error',
  message: 'Logins too frequent',
};
export const missingAuth: ErrorSpec = {
  status: 403,
  label: 'missing-auth',
  message: 'Re-authentication via password required',
};
export const keyExists: ErrorSpec = {
  status: 409,
  label: 'key-exists',
  message: 'The given e-mail address is in use.',
};
export const invalidCode: ErrorSpec = {
  status: 404,
  label: 'invalid-code',
  message: 'Invalid activation code',
};
export const invalidInvitation: ErrorSpec = {
  status: 400,
  label: 'invalid-invitation-code',
  message: 'Invalid invitation code.',
};
export const creationRestricted: ErrorSpec = {
  status: 403,
  label: 'user-creation-restricted',
  message: 'This instance does not allow creation of accounts of this kind',
};
export const tooManyClients: ErrorSpec = {
  status: 403,
  label: 'too-many-clients',
  message: 'Too many clients',
};
export const malformedPrekeys: ErrorSpec = {
  status: 400,
  label: 'bad-request',
  message: 'Malformed prekeys uploaded',
};
export const clientNotFound: ErrorSpec = {
  status: 404,
  label: 'client-not-found',
  message: 'Client not found',
};
export const capabilitiesOnlyGrow: ErrorSpec = {
  status: 409,
  label: 'client-capabilities-cannot-be-removed',
  message: 'You can only add capabilities to a client, not remove them.',
};
export const duplicateMlsKey: ErrorSpec = {
  status: 400,
  label: 'mls-duplicate-public-key',
  message: 'MLS public key for the given signature scheme already exists',
};
export const invalidUser: ErrorSpec = {
  status: 400,
  label: 'invalid-user',
  message: 'Invalid user',
};
export const noIdentity: ErrorSpec = {
  status: 403,
  label: 'no-identity',
  message: 'The user has no verified email',
};
export const connectionLimit: ErrorSpec = {
  status: 403,
  label: 'connection-limit',
  message: 'Too many sent/accepted connections',
};
export const badConnectionUpdate: ErrorSpec = {
  status: 403,
  label: 'bad-conn-update',
  message: 'Invalid status transition',
};
export const notConnected: ErrorSpec = {
  status: 403,
  label: 'not-connected',
  message: 'Users are not connected',
};
export const userNotFound: ErrorSpec = {
  status: 404,
  label: 'not-found',
  message: 'User not found',
};
export const federationNotEnabled: ErrorSpec = {
  status: 400,
  label: 'federation-not-enabled',
  message: 'no federator configured',
};
