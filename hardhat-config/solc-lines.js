// The same compiler as ./solc, kept running: one standard-JSON input a line in, one output a line out. The mutation run
// asks it thousands of small questions, each of which would otherwise start WebAssembly anew.
'use strict';

const readline = require('node:readline');
const solc = require('solc');

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  process.stdout.write(`${JSON.stringify(JSON.parse(solc.compile(line)))}\n`);
});
