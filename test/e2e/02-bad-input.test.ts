import { describe } from '@jest/globals';
import { aptRows } from './bad-input/apt.js';
import { bundleRows } from './bad-input/bundle.js';
import { chartRows, wheelRows } from './bad-input/charts.js';
import { commandLineRows } from './bad-input/command-line.js';
import { configurationRows } from './bad-input/configuration.js';
import { imageRows } from './bad-input/images.js';
import { packageRows } from './bad-input/packages.js';
import { islandCommandRows, islandFileRows, scanRows } from './bad-input/island.js';
import { preflightRows } from './bad-input/preflight.js';
import { pushRows } from './bad-input/push.js';
import { bundlingRows, recipeRows } from './bad-input/recipe.js';
import { rehearseRows } from './bad-input/rehearse.js';
import { testBadInput } from './bad-input/row.js';
import { diskRows, originRows } from './bad-input/sources.js';
import { keyRows, signatureRows, trustFolderRows } from './bad-input/trust.js';

describe('bad input gets a clear error, and nothing is lost', () => {
  describe('on the command line', () => {
    testBadInput(commandLineRows);
  });
  describe('in the configuration', () => {
    testBadInput(configurationRows);
  });
  describe('in keys', () => {
    testBadInput(keyRows);
  });
  describe('in trust folders', () => {
    testBadInput(trustFolderRows);
  });
  describe('in signatures', () => {
    testBadInput(signatureRows);
  });
  describe('in Debian packages', () => {
    testBadInput(aptRows);
  });
  describe('in bundles and their parts', () => {
    testBadInput(bundleRows);
  });
  describe('in a recipe', () => {
    testBadInput(recipeRows);
  });
  describe('when a recipe is bundled', () => {
    testBadInput(bundlingRows);
  });
  describe('at servers', () => {
    testBadInput(originRows);
  });
  describe('in images and their registries', () => {
    testBadInput(imageRows);
  });
  describe('in packages of npm, Maven and Go', () => {
    testBadInput(packageRows);
  });
  describe('in charts', () => {
    testBadInput(chartRows);
  });
  describe('in wheels', () => {
    testBadInput(wheelRows);
  });
  describe('in an island file', () => {
    testBadInput(islandFileRows);
  });
  describe('in the words of island verbs', () => {
    testBadInput(islandCommandRows);
  });
  describe('at hosts that are asked for their keys', () => {
    testBadInput(scanRows);
  });
  describe('before hosts are judged', () => {
    testBadInput(preflightRows);
  });
  describe('at hosts', () => {
    testBadInput(pushRows);
  });
  describe('in rehearsals', () => {
    testBadInput(rehearseRows);
  });
  describe('on disks', () => {
    testBadInput(diskRows);
  });
});
