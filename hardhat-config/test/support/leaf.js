// The leaf and the batch as ledger.md words them, on foreign parts: ethers, canonicalize, @openzeppelin/merkle-tree, multiformats.
'use strict';

const { createHash } = require('node:crypto');
const canonicalize = require('canonicalize');
const { StandardMerkleTree } = require('@openzeppelin/merkle-tree');
const { ethers } = require('ethers');

const coder = ethers.AbiCoder.defaultAbiCoder();
const sha256 = (...parts) => `0x${createHash('sha256').update(Buffer.concat(parts.map(bytes))).digest('hex')}`;
const bytes = (part) => (typeof part === 'string' && part.startsWith('0x') ? ethers.getBytes(part) : Buffer.from(part));
const tag = (name) => ethers.id(name);
const TYPES = ['bytes32', 'bytes32', 'bytes32', 'bytes32'];

const DISCLOSABLE = [
  ['name'],
  ['validFrom'],
  ['credentialSubject', 'identifier', 0],
  ['credentialSubject', 'identifier', 1],
  ['credentialSubject', 'licenseNumber'],
  ['credentialSubject', 'achievement'],
  ['credentialSubject', 'creditsEarned'],
  ['credentialSubject', 'result'],
  ['evidence'],
];

const saltOf = (salt, index) => sha256(salt, Uint8Array.of(index));

function fieldDigests(document, salt) {
  return DISCLOSABLE.map((path, index) => {
    const value = path.reduce((node, key) => node?.[key], document) ?? null;
    return sha256(saltOf(salt, index), canonicalize(value));
  });
}

function bodyOf(document) {
  const { proof, name, validFrom, evidence, ...body } = document;
  const { identifier, licenseNumber, achievement, creditsEarned, result, ...subject } = document.credentialSubject;
  return { ...body, credentialSubject: subject };
}

function commitmentOf(document, salt) {
  const body = sha256(canonicalize(bodyOf(document)));
  const fields = sha256(...fieldDigests(document, salt));
  return ethers.keccak256(coder.encode(['bytes32', 'bytes32', 'bytes32'], [tag('huren.credential.v1'), body, fields]));
}

const factDigest = (salt, value) => ethers.keccak256(coder.encode(['bytes32', 'uint256'], [salt, value]));

const factsOf = (digests) =>
  ethers.keccak256(coder.encode(['bytes32', 'bytes32[7]'], [tag('huren.facts.v1'), digests]));

/** The values of a StandardMerkleTree leaf. */
const leafValues = ({ commitment, institution, facts }) => [tag('huren.leaf.v1'), commitment, institution, facts];

const treeOf = (certificates) => StandardMerkleTree.of(certificates.map(leafValues), TYPES);

/** The sorted leaves of a tree of n leaves: leaf i stands at 2n - 2 - i. */
function sortedLeaves(tree) {
  const nodes = tree.dump().tree;
  return nodes.slice((nodes.length - 1) / 2).reverse();
}

const manifestOf = (tree) => sha256(ethers.concat(sortedLeaves(tree)));

/** The CID of a raw block by its sha256 (v1, raw, sha2-256), by multiformats. */
async function cidOf(digest) {
  const { CID } = await import('multiformats/cid');
  const { create } = await import('multiformats/hashes/digest');
  return CID.createV1(0x55, create(0x12, ethers.getBytes(digest))).toString();
}

/** An opening of the facts whose bits are set. */
function openingOf(certificate, mask) {
  const opened = [0, 1, 2, 3, 4, 5, 6].filter((k) => (mask >> k) & 1);
  const closed = [0, 1, 2, 3, 4, 5, 6].filter((k) => !((mask >> k) & 1));
  return [
    certificate.commitment,
    certificate.institution,
    mask,
    opened.map((k) => certificate.values[k]),
    opened.map((k) => certificate.salts[k]),
    closed.map((k) => factDigest(certificate.salts[k], certificate.values[k])),
  ];
}

module.exports = {
  bodyOf,
  cidOf,
  commitmentOf,
  factDigest,
  factsOf,
  fieldDigests,
  leafValues,
  manifestOf,
  openingOf,
  saltOf,
  sha256,
  sortedLeaves,
  treeOf,
};
