// Deploys the law for the tests: four provinces, two accredited institutions, one officer each.
'use strict';

const { ethers } = require('hardhat');

const ROLES = { ANCHOR: 1, ATTEST: 2, STATUS: 4, BATCH_STATUS: 8, LAW: 16, TRANSFER: 32 };
const DAY = 86_400;
const PROVINCES = [310000, 320000, 330000, 340000];

const nameOf = (name) => ethers.encodeBytes32String(name);

/** The 18 characters of a unified social credit code as the bytes32 that the contracts know. */
const institutionOf = (code) => ethers.zeroPadBytes(ethers.toUtf8Bytes(code), 32).padEnd(66, '0');

/** A binding act: the same call by two accounts of the member. */
async function twice(member, contract, method, args) {
  await contract.connect(member.lawyer)[method](...args);
  return contract.connect(member.admin)[method](...args);
}

async function deploy() {
  const signers = await ethers.getSigners();
  const [deployer] = signers.splice(0, 1);
  const nonce = await deployer.getNonce();
  const directoryAddress = ethers.getCreateAddress({ from: deployer.address, nonce: nonce + 1 });
  const consortium = await ethers.deployContract('Consortium', [
    directoryAddress,
    false,
    [365 * DAY, DAY, 7 * DAY, 2 * DAY, 90 * DAY, 3 * DAY],
  ]);
  const directory = await ethers.deployContract('Directory', [consortium.target]);
  const roots = [consortium.target, directory.target, ethers.ZeroAddress];
  const institutions = await ethers.deployContract('InstitutionRegistry', roots);
  const credentials = await ethers.deployContract('CredentialRegistry', roots);
  const members = Object.fromEntries(
    PROVINCES.map((province) => {
      const [admin, recovery, operator, lawyer] = signers.splice(0, 4);
      return [province, { admin, recovery, operator, lawyer }];
    }),
  );
  const founding = PROVINCES.map((province) => {
    const { admin, recovery, operator, lawyer } = members[province];
    const daily = ROLES.ANCHOR | ROLES.ATTEST | ROLES.STATUS | ROLES.TRANSFER;
    return [
      province,
      admin.address,
      recovery.address,
      [
        [operator.address, daily, 1_000_000],
        [lawyer.address, ROLES.LAW | ROLES.BATCH_STATUS, 0],
      ],
    ];
  });
  await consortium.constitute(
    founding,
    [nameOf('InstitutionRegistry'), nameOf('CredentialRegistry')],
    [institutions.target, credentials.target],
  );
  return { consortium, directory, institutions, credentials, members };
}

/** Accredits an institution with one founding officer, whose key is made here. */
async function accredit(law, province, institution) {
  const officer = ethers.Wallet.createRandom();
  const scope = [0b1110, 10, 99_999];
  await twice(law.members[province], law.institutions, 'accredit', [institution, scope, [officer.address]]);
  return officer;
}

const APPROVAL = {
  Approval: [
    { name: 'institution', type: 'bytes32' },
    { name: 'root', type: 'bytes32' },
    { name: 'manifest', type: 'bytes32' },
    { name: 'leafCount', type: 'uint32' },
    { name: 'deadline', type: 'uint64' },
  ],
};

/** Signs and anchors a batch; ethers, not we, computes what EIP-712 signs. */
async function anchor(law, province, officer, batch) {
  const { chainId } = await ethers.provider.getNetwork();
  const domain = {
    name: 'Huren CredentialRegistry',
    version: '1',
    chainId,
    verifyingContract: law.credentials.target,
  };
  const { timestamp } = await ethers.provider.getBlock('latest');
  const deadline = timestamp + DAY;
  const signature = await officer.signTypedData(domain, APPROVAL, { ...batch, deadline });
  const { institution, root, manifest, leafCount } = batch;
  return law.credentials
    .connect(law.members[province].operator)
    .anchor([institution, root, manifest, leafCount], [deadline, signature]);
}

module.exports = { accredit, anchor, deploy, institutionOf, twice };
