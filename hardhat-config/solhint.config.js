// Style of contracts/: solhint's recommendations, with a reason beside each exception.
'use strict';

module.exports = {
  extends: 'solhint:recommended',
  rules: {
    'compiler-version': ['error', '0.8.30'],
    'func-visibility': ['error', { ignoreConstructors: true }],
    'gas-custom-errors': 'error',
    'no-global-import': 'error',
    ordering: 'error',
    'code-complexity': ['error', 12],
    'function-max-lines': ['error', 60],
    'max-line-length': ['error', 160],

    'use-natspec': 'off', // the interfaces own the NatSpec; the contracts say @inheritdoc
    'not-rely-on-time': 'off', // the law counts days; a block's time within its bounds is what it has to go by
    'no-inline-assembly': 'off', // used where hashing in memory pays, under review and fuzzed against plain code
    'import-path-check': 'off', // the compiler resolves imports, by the remappings of compiler.json
    'immutable-vars-naming': 'off', // an immutable is named by the getter it gives: consortium(), but NAME()
    'gas-strict-inequalities': 'off', // the optimizer makes the same of both; >= reads as the rule is written
    'gas-increment-by-one': 'off', // += 1 reads as what it means, and compiles to the same
    'gas-indexed-events': 'off', // an index is paid for by every anchor; what is looked up by topic is decided in the interface
    'gas-struct-packing': 'off', // order within a struct follows its meaning; stored structs are packed under the gas snapshot
    'gas-small-strings': 'off', // errors are custom; a string constant is EIP-712's and as long as it is
  },
};
