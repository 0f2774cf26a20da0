/** One project for each kind of test; all run the TypeScript sources as ES modules. */
const common = {
  testEnvironment: 'node',
  // Stores that tests share: started by the first that asks, ended with the run.
  globalSetup: '<rootDir>/test/helpers/stores/global-setup.js',
  globalTeardown: '<rootDir>/test/helpers/stores/global-teardown.js',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/artifacts/'],
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: 'test/tsconfig.json' }] },
};

/** @param {string} name */
const project = (name) => ({
  ...common,
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
});

export default {
  // A bound on hanging, far from what any test takes on a busy machine; jest overlooks it in a project.
  testTimeout: 120_000,
  projects: [project('unit'), project('integration'), project('e2e'), project('long')],
};
