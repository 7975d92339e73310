// The CredentialRegistry beside @openzeppelin/merkle-tree: known answers and random batches of 1, 2, 3 and 32,768 leaves.
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { ethers } = require('hardhat');
const law = require('./support/law');
const leaf = require('./support/leaf');

const known = require(path.join(__dirname, '..', '..', 'tests', 'vectors', 'leaf.json'));
const SOU = law.institutionOf('123100004250004560');
const JOU = law.institutionOf('123200004660001235');
const AOU = law.institutionOf('12340000485000321G');
const REVOKED = 2;
const ERROR = 1;

/** Numbers that repeat from run to run. */
function generator(seed) {
  let state = ethers.id(seed);
  return () => (state = ethers.keccak256(state));
}

function randomCertificate(next, institution) {
  const number = Number(BigInt(next()) % 1_000_000n);
  const values = [next(), next(), 1 + (number % 3), 1 + (number % 10), 1 + (number % 99_999), number % 21, number % 600];
  const salts = values.map(() => next());
  const facts = leaf.factsOf(values.map((value, k) => leaf.factDigest(salts[k], value)));
  return { commitment: next(), institution, facts, values, salts };
}

/** Only `opened` of them keep their facts: the others' facts hash is as good as any. */
function randomBatch(count, institution, opened = count) {
  const next = generator(`${count}`);
  return Array.from({ length: count }, (_, i) =>
    i < opened ? randomCertificate(next, institution) : { commitment: next(), institution, facts: next() },
  );
}

describe('The CredentialRegistry', () => {
  let deployed;
  const officers = {};
  const provinces = { [SOU]: 310000, [JOU]: 320000, [AOU]: 340000 };

  before(async () => {
    deployed = await law.deploy();
    for (const [institution, province] of Object.entries(provinces)) {
      officers[institution] = await law.accredit(deployed, province, institution);
    }
  });

  async function anchor(certificates) {
    const tree = leaf.treeOf(certificates);
    const { institution } = certificates[0];
    const batch = { institution, root: tree.root, manifest: leaf.manifestOf(tree), leafCount: certificates.length };
    await law.anchor(deployed, provinces[institution], officers[institution], batch);
    return tree;
  }

  async function setStatus(tree, certificates, indices, status = REVOKED, reason = ERROR) {
    const { leaves, proof, proofFlags } = tree.getMultiProof(indices);
    const contents = leaves.map(([, commitment, , facts]) => [commitment, facts]);
    const { institution } = certificates[0];
    const { operator } = deployed.members[provinces[institution]];
    const sent = await deployed.credentials
      .connect(operator)
      .setStatus(institution, tree.root, contents, proof, proofFlags, status, reason, { gasLimit: 100_000_000 });
    return sent.wait();
  }

  const statusOf = async (tree, certificates, index) =>
    (await deployed.credentials.leafState(certificates[0].institution, tree.leafHash(leaf.leafValues(certificates[index])))).status;

  it('proves each credential of leaf.json under the root of its institution', async () => {
    for (const institution of Object.keys(provinces)) {
      const credentials = known.credentials.filter((credential) => credential.institution === institution);
      const certificates = credentials.map((credential) => {
        const { outcome, claim, category, level, credits, gradeStep, awardedMonth, factSalts: salts } = credential;
        return { ...credential, values: [outcome, claim, category, level, credits, gradeStep, awardedMonth], salts };
      });
      const tree = await anchor(certificates);
      for (const [index, credential] of credentials.entries()) {
        const opening = leaf.openingOf(certificates[index], 0x3f); // all but the month: this chain's clock is the machine's
        const proven = await deployed.credentials.prove(opening, tree.root, tree.getProof(index));
        assert.equal(proven.leaf, credential.leaf);
        assert.equal(proven.getValue('values')[4], BigInt(credential.credits));
        assert.equal(proven.getValue('values')[6], 0n);
        assert.equal(proven.batch.leafCount, BigInt(credentials.length));
      }
    }
  });

  for (const count of [1, 2, 3, 32_768]) {
    it(`takes the tree of a random batch of ${count}, its proofs and its multiproofs`, async () => {
      const certificates = randomBatch(count, SOU, Math.min(count, 8));
      const tree = await anchor(certificates);
      const stored = await deployed.credentials.anchorOf(SOU, tree.root);
      assert.equal(stored.manifest, leaf.manifestOf(tree));
      assert.equal(stored.leafCount, BigInt(count));
      for (let index = 0; index < Math.min(count, 8); index += 1) {
        const mask = (index * 37 + 5) % 128;
        const opening = leaf.openingOf(certificates[index], mask);
        const proven = await deployed.credentials.prove(opening, tree.root, tree.getProof(index));
        assert.equal(proven.leaf, tree.leafHash(leaf.leafValues(certificates[index])));
        for (let k = 0; k < 7; k += 1) {
          assert.equal(proven.getValue('values')[k], (mask >> k) & 1 ? BigInt(certificates[index].values[k]) : 0n);
        }
        const other = ethers.hexlify(ethers.randomBytes(32));
        await assert.rejects(
          deployed.credentials.prove([other, ...opening.slice(1)], tree.root, tree.getProof(index)),
          /TreeProofInvalid/,
        );
      }
      const chosen = [...new Set([0, Math.floor(count / 3), Math.floor(count / 2), count - 1])];
      await setStatus(tree, certificates, chosen);
      for (const index of chosen) assert.equal(await statusOf(tree, certificates, index), BigInt(REVOKED));
      const untouched = Array.from({ length: Math.min(count, 8) }, (_, i) => i).filter((i) => !chosen.includes(i));
      for (const index of untouched) assert.equal(await statusOf(tree, certificates, index), 0n);
    });
  }

  it('revokes 1,500 leaves scattered over a full batch in one call of less than 80 million gas', async () => {
    const certificates = randomBatch(32_768, JOU, 0);
    const tree = await anchor(certificates);
    const scattered = Array.from({ length: 1_500 }, (_, i) => Math.floor((i * 32_768) / 1_500));
    const receipt = await setStatus(tree, certificates, scattered);
    assert.equal(receipt.logs.length, 1_500);
    assert.ok(receipt.gasUsed < 80_000_000n, `${receipt.gasUsed}`);
    const again = await setStatus(tree, certificates, scattered); // all in that state already
    assert.equal(again.logs.length, 0);
    const rest = Array.from({ length: 2_000 }, (_, i) => i).filter((i) => !scattered.includes(i)).slice(0, 100);
    const hundred = await setStatus(tree, certificates, rest);
    const one = await setStatus(tree, certificates, [certificates.length - 1]);
    assert.ok(hundred.gasUsed < 8_000_000n, `${hundred.gasUsed}`);
    assert.ok(one.gasUsed < 200_000n, `${one.gasUsed}`);
  });
});
