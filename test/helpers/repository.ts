import { packageRoot } from '../../cli/package.js';

/** The folder of this clone. */
export const repositoryRoot = packageRoot();

/** The command line as it is shipped. */
export const builtCli = `${repositoryRoot}/artifacts/program/main.js`;
