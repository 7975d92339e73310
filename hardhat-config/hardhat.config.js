// Hardhat has one job here: to run the contracts beside the JavaScript oracles (test/). Forge does the rest.
'use strict';

const { execFileSync } = require('node:child_process');
const path = require('node:path');

require('@nomicfoundation/hardhat-ethers');
const { subtask } = require('hardhat/config');
const {
  TASK_COMPILE_GET_REMAPPINGS,
  TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD,
} = require('hardhat/builtin-tasks/task-names');

const SOLC = path.join(__dirname, 'solc');
const COMPILER = require('./compiler.json'); // one description of the compiler for hardhat and the artifacts

// The compiler that forge and py-solc-x use too, instead of a download.
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async ({ solcVersion }) => {
  const longVersion = execFileSync(SOLC, ['--version'], { encoding: 'utf8' }).match(/Version: (\S+)/)[1];
  if (!longVersion.startsWith(`${solcVersion}+`)) {
    throw new Error(`hardhat asks for solc ${solcVersion}, the locked compiler is ${longVersion}`);
  }
  return { compilerPath: SOLC, isSolcJs: false, version: solcVersion, longVersion };
});

// Same source names as forge's, so that both read one and the same tree.
subtask(TASK_COMPILE_GET_REMAPPINGS, async () =>
  Object.fromEntries(COMPILER.settings.remappings.map((entry) => entry.split('='))),
);

module.exports = {
  solidity: {
    version: COMPILER.version,
    settings: (({ remappings, ...settings }) => settings)(COMPILER.settings), // hardhat adds the remappings itself
  },
  paths: {
    root: path.join(__dirname, '..'),
    sources: 'contracts',
    tests: 'hardhat-config/test',
    cache: 'build/hardhat/cache',
    artifacts: 'build/hardhat/artifacts',
  },
  networks: { hardhat: { hardfork: 'berlin' } },
  mocha: { timeout: 120000 },
};
