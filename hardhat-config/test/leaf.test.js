// leaf.json beside the JavaScript oracles: what other people's libraries make of the same documents.
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const canonicalize = require('canonicalize');
const { ethers } = require('ethers');
const leaf = require('./support/leaf');

const known = require(path.join(__dirname, '..', '..', 'tests', 'vectors', 'leaf.json'));

describe('The known answers of leaf.json', () => {
  for (const [index, credential] of known.credentials.entries()) {
    it(`credential ${index}: fields, body and commitment follow from the document`, () => {
      assert.deepEqual(leaf.fieldDigests(credential.document, credential.salt), credential.fieldDigests);
      assert.equal(canonicalize(leaf.bodyOf(credential.document)), credential.bodyJcs);
      assert.equal(leaf.commitmentOf(credential.document, credential.salt), credential.commitment);
    });

    it(`credential ${index}: facts and leaf follow from its values`, () => {
      const { outcome, claim, category, level, credits, gradeStep, awardedMonth } = credential;
      const values = [outcome, claim, category, level, credits, gradeStep, awardedMonth];
      const digests = values.map((value, k) => leaf.factDigest(leaf.saltOf(credential.salt, 0xf0 + k), value));
      assert.deepEqual(digests, credential.factDigests);
      assert.equal(leaf.factsOf(digests), credential.facts);
      const tree = leaf.treeOf([credential]);
      assert.equal(tree.root, credential.leaf); // a tree of one: its root is the leaf
    });

    it(`credential ${index}: outcome and claim follow from code, number and key`, () => {
      assert.equal(ethers.id(credential.outcomeCode), credential.outcome);
      const key = ethers.computeHmac('sha256', known.pseudonymKey, ethers.toUtf8Bytes(credential.claimMessage));
      assert.equal(key, credential.claimKey);
      const message = ethers.concat([credential.institution, credential.outcome]);
      assert.equal(ethers.computeHmac('sha256', key, message), credential.claim);
    });
  }

  for (const expected of known.trees) {
    it(`a tree of ${expected.count}: root, manifest, CID, proofs and multiproof`, async () => {
      const tree = leaf.treeOf(known.credentials.slice(0, expected.count));
      assert.equal(tree.root, expected.root);
      assert.deepEqual(leaf.sortedLeaves(tree), expected.leavesInOrder);
      assert.equal(leaf.manifestOf(tree), expected.manifestSha256);
      assert.equal(await leaf.cidOf(expected.manifestSha256), expected.manifestCid);
      for (const { leaf: hash, proof } of expected.proofs) {
        const index = known.credentials.findIndex((credential) => credential.leaf === hash);
        assert.deepEqual(tree.getProof(index), proof);
      }
      if (expected.multiproof) {
        const indices = expected.multiproof.leaves.map((hash) => known.credentials.findIndex((c) => c.leaf === hash));
        const { proof, proofFlags } = tree.getMultiProof(indices);
        assert.deepEqual({ proof, proofFlags }, { proof: expected.multiproof.proof, proofFlags: expected.multiproof.proofFlags });
      }
    });
  }
});
