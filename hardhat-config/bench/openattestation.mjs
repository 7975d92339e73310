// The comparator of `make bench`: OpenAttestation wraps and verifies the same credentials that we issue and verify.
//
// usage: node openattestation.mjs PACKAGE FILE SECONDS
//   PACKAGE  @govtechsg/open-attestation or its successor @tradetrust-tt/tradetrust
//   FILE     one JSON credential a line (the fixture that our own side reads)
// Prints one JSON object: documents a second of wrapDocuments (no signature) and of verifySignature (hash and proof only).
// A second is one of processor time or of the clock, whichever shows more: the clock suffers from a shared machine, the
// processor's account from the engine's helper threads.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {performance} from 'node:perf_hooks';

const [name, file, bound] = process.argv.slice(2);
const {wrapDocuments, verifySignature} = createRequire(import.meta.url)(name);
const issuers = [{name: '示例大学', documentStore: '0x9178F546D3FF57D7A6352bD61B80cCCD46199C2d',
  identityProof: {type: 'DNS-TXT', location: 'credit-bank.example'}}];
const documents = readFileSync(file, 'utf8').trim().split('\n').map(line => ({...JSON.parse(line), issuers}));

async function rate(count, work) {
  await work(documents.slice(0, Math.min(200, count))); // warm
  let done = 0;
  const start = performance.now();
  const cpu = process.cpuUsage();
  const end = start + Number(bound) * 1000;
  do {
    await work(documents.slice(0, count));
    done += count;
  } while(performance.now() < end);
  const {user, system} = process.cpuUsage(cpu);
  return done / Math.min((performance.now() - start) / 1e3, (user + system) / 1e6);
}

const batch = Math.min(documents.length, 5000);
const wrap = await rate(batch, part => wrapDocuments(part));
const wrapped = await wrapDocuments(documents.slice(0, Math.min(documents.length, 2000)));
if(!wrapped.every(one => verifySignature(one))) {
  throw new Error('the comparator does not verify its own documents');
}
let at = 0;
const verify = await rate(500, part => part.forEach(() => verifySignature(wrapped[at++ % wrapped.length])));
process.stdout.write(`${JSON.stringify({name, wrap, verify})}\n`);
