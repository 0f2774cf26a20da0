import { describe } from '@jest/globals';
import { commandLineRows } from './bad-input/command-line.js';
import { configurationRows } from './bad-input/configuration.js';
import { testBadInput } from './bad-input/row.js';

describe('bad input gets a clear error, and nothing is lost', () => {
  describe('on the command line', () => {
    testBadInput(commandLineRows);
  });
  describe('in the configuration', () => {
    testBadInput(configurationRows);
  });
});
