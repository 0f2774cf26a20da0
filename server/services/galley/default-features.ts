import type { Feature } from './endpoints/features.js';

type Lock = Feature['lockStatus'];
type Settings = Readonly<Record<string, unknown>>;

/** Every feature that clients ask about, as users without a team have it. Source: backend-api 4.6. */
export const defaultFeatures: Readonly<Record<string, Feature>> = {
  legalhold: off(),
  sso: off(),
  searchVisibility: off(),
  searchVisibilityInbound: off(),
  validateSAMLemails: on(),
  digitalSignatures: off(),
  appLock: on('unlocked', { enforceAppLock: false, inactivityTimeoutSecs: 60 }),
  fileSharing: on(),
  classifiedDomains: off('unlocked', { domains: [] }),
  conferenceCalling: on('locked', { useSFTForOneToOneCalls: false }),
  selfDeletingMessages: on('unlocked', { enforcedTimeoutSeconds: 0 }),
  conversationGuestLinks: on(),
  sndFactorPasswordChallenge: off('locked'),
  // Proteus is what is served; clients read from here which protocols they may use.
  mls: off('unlocked', {
    protocolToggleUsers: [],
    defaultProtocol: 'proteus',
    supportedProtocols: ['proteus', 'mls'],
    allowedCipherSuites: [2],
    defaultCipherSuite: 2,
  }),
  exposeInvitationURLsToTeamAdmin: off('locked'),
  outlookCalIntegration: off('locked'),
  mlsE2EId: off('unlocked', { verificationExpiration: 86_400, useProxyOnMobile: false }),
  mlsMigration: off('locked', {}),
  enforceFileDownloadLocation: off('locked', {}),
  domainRegistration: off('locked'),
  allowedGlobalOperations: on('locked', { mlsConversationReset: false }),
  assetAuditLog: off('locked'),
  consumableNotifications: off('locked'),
  simplifiedUserConnectionRequestQRCode: on(),
};

function on(lockStatus: Lock = 'unlocked', config?: Settings): Feature {
  return make('enabled', lockStatus, config);
}

function off(lockStatus: Lock = 'unlocked', config?: Settings): Feature {
  return make('disabled', lockStatus, config);
}

function make(status: Feature['status'], lockStatus: Lock, config?: Settings): Feature {
  return { status, lockStatus, ttl: 'unlimited', ...(config !== undefined && { config }) };
}
