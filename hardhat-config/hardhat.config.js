// Hardhat has one job here: to run the contracts beside the JavaScript oracles (test/). Forge does the rest.
'use strict';

const { execFileSync } = require('node:child_process');
const path = require('node:path');

require('@nomicfoundation/hardhat-ethers');
const { subtask } = require('hardhat/config');
const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require('hardhat/builtin-tasks/task-names');
const { Resolver } = require('hardhat/internal/solidity/resolver');

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

// Packages lie beside this file, not in the root that hardhat searches from (a remapping into node_modules it refuses).
Resolver.prototype._resolveNodeModulesFileFromProjectRoot = (file) => path.join(__dirname, 'node_modules', file);

module.exports = {
  solidity: {
    version: COMPILER.version,
    settings: (({ remappings, ...settings }) => settings)(COMPILER.settings), // hardhat finds packages by itself
  },
  paths: {
    root: path.join(__dirname, '..'),
    sources: 'contracts',
    tests: 'hardhat-config/test',
    cache: 'build/hardhat/cache',
    artifacts: 'build/hardhat/artifacts',
  },
  networks: { hardhat: { hardfork: 'berlin', blockGasLimit: 100_000_000 } }, // the limit of network.toml's default
  mocha: { timeout: 120000 },
};
