/** Owns: the cases of the stage `proof` that one kind has alone (F14 to F20). */
import { cat, hex } from '../reference/bytes.mjs';
import { byName, sha256 } from '../reference/keys.mjs';
import { createBlock } from '../reference/block.mjs';
import { proveAccount, proveHistory, proveTransaction } from '../reference/proof-file.mjs';
import { transactionId } from '../reference/transaction.mjs';
import * as making from './proof-making.mjs';
import { networks, pay } from './networks.mjs';

const { easy, asert } = networks;
const { account, changed, flip, flipLast, forgedBlock, growth, nobody, onBlock } = making;
const { payment, proofCase } = making;

function transactionFaults() {
  const { transaction, path } = payment.evidence;
  const others = easy.chain[3].transactions.map(({ bytes }) => bytes);
  const foreign = pay(asert, 'bob', { nonce: 0, fee: 20_000n, to: [['alice', 100_000n]] });
  const stated = (bytes) => ({ transaction: hex(transactionId(bytes)) });
  const inner = cat(sha256(Buffer.from('left')), sha256(Buffer.from('right')));
  const forged = sha256(Buffer.from('another payment'));
  const [only] = easy.chain[2].transactions;
  return [
    proofCase('no transaction', changed(payment, { evidence: { transaction: '' } })),
    proofCase(
      'an inner node as transaction',
      changed(payment, { evidence: { transaction: hex(inner) } }),
    ),
    proofCase(
      'a signature changed',
      changed(payment, {
        evidence: { transaction: flipLast(transaction) },
      }),
    ),
    proofCase(
      'a payment on another network',
      changed(payment, {
        statement: stated(foreign),
        evidence: { transaction: hex(foreign) },
      }),
    ),
    proofCase('another id', changed(payment, { statement: { transaction: hex(forged) } })),
    proofCase(
      'another sender',
      changed(payment, {
        statement: { from: account.statement.address },
      }),
    ),
    proofCase(
      'another transaction of the block',
      changed(payment, {
        statement: { ...stated(others[0]) },
        evidence: { transaction: hex(others[0]) },
      }),
    ),
    ...[0, 1, 3, 4].map((index) =>
      proofCase(`index ${index}`, changed(payment, { evidence: { index } })),
    ),
    proofCase(
      'a sibling changed',
      changed(payment, { evidence: { path: [flip(path[0]), path[1]] } }),
    ),
    proofCase(
      'siblings in another order',
      changed(payment, { evidence: { path: path.toReversed() } }),
    ),
    proofCase('a sibling left out', changed(payment, { evidence: { path: path.slice(1) } })),
    proofCase('a sibling too many', changed(payment, { evidence: { path: [...path, path[0]] } })),
    proofCase(
      'index 0 in a block whose only leaf is the transaction',
      onBlock(
        proveTransaction(easy, easy.chain, { height: 2, index: 1 }),
        forgedBlock({
          count: 1,
          transactionsRoot: sha256(Buffer.from([0]), transactionId(only.bytes)),
        }),
        { index: 0, path: [], genesis: payment.evidence.genesis },
      ),
    ),
  ];
}

function accountFaults() {
  const { steps, leaf } = account.evidence;
  const [first, second, ...rest] = steps;
  const zeros = { balance: '0', nonce: 0 };
  const evidence = (changes) => changed(account, { evidence: changes });
  const other = proveAccount(easy, easy.chain, { height: 13, address: byName.alice.address });
  const ghost = { address: leaf.address, ...zeros };
  const ghostRoot = sha256(Buffer.from([0]), byName.carol.address, Buffer.alloc(12));
  const onForged = (accountsRoot, more) =>
    onBlock(changed(account, more), forgedBlock({ accountsRoot }), {
      ...{ genesis: payment.evidence.genesis, ...more.evidence },
    });
  return [
    proofCase(
      'a richer leaf',
      changed(account, {
        statement: { balance: '9999' },
        evidence: { leaf: { ...leaf, balance: '9999' } },
      }),
    ),
    proofCase('another nonce in the leaf', evidence({ leaf: { ...leaf, nonce: 7 } })),
    proofCase('no leaf', changed(account, { statement: zeros, evidence: { leaf: null } })),
    proofCase(
      'no leaf and no steps',
      changed(account, { statement: zeros, evidence: { leaf: null, steps: [] } }),
    ),
    proofCase(
      'steps under the root of no account',
      onForged(Buffer.alloc(32), {
        statement: zeros,
        evidence: { leaf: null, steps: [first] },
      }),
    ),
    proofCase(
      "absence on another one's path",
      changed(account, {
        statement: zeros,
        evidence: { steps: other.evidence.steps, leaf: other.evidence.leaf },
      }),
    ),
    proofCase('steps swapped', evidence({ steps: [second, first, ...rest] })),
    proofCase(
      'a bit changed',
      evidence({ steps: [{ ...first, bit: first.bit + 1 }, second, ...rest] }),
    ),
    proofCase(
      'a bit of 160',
      evidence({ steps: [...steps.slice(0, -1), { ...steps.at(-1), bit: 160 }] }),
    ),
    proofCase(
      'siblings swapped',
      evidence({
        steps: [
          { ...first, sibling: second.sibling },
          { ...second, sibling: first.sibling },
          ...rest,
        ],
      }),
    ),
    proofCase('a step left out', evidence({ steps: [second, ...rest] })),
    proofCase('a step twice', evidence({ steps: [first, first, second, ...rest] })),
    proofCase(
      'a leaf that does not exist',
      onForged(ghostRoot, {
        statement: zeros,
        evidence: { leaf: ghost, steps: [] },
      }),
    ),
    proofCase('a richer statement', changed(account, { statement: { balance: '9999' } })),
    proofCase('another nonce', changed(account, { statement: { nonce: 7 } })),
    proofCase(
      'absence with the queried address at the leaf',
      changed(account, { statement: zeros }),
    ),
    proofCase('presence of an absent account', changed(nobody, { statement: { balance: '1' } })),
  ];
}

/** A block at height 5 beside the chain: its history root is that of the chain's own block 5. */
function siblingOfFive() {
  const blocks = easy.chain.slice(0, 5);
  return createBlock(easy, blocks, { time: easy.chain[5].time + 1, extra: Buffer.from('beside') });
}

function historyFaults() {
  const { inclusion, consistency, work } = growth.evidence;
  const evidence = (changes) => changed(growth, { evidence: changes });
  const genesis = proveHistory(easy, easy.chain, { from: 0, height: 11 });
  const beside = siblingOfFive();
  const besideFile = proveHistory(
    easy,
    [...easy.chain.slice(0, 5), beside, ...easy.chain.slice(6)],
    {
      from: 5,
      height: 6,
    },
  );
  const onFive = proveHistory(easy, easy.chain, { from: 5, height: 6 });
  const sibling = changed(onFive, {
    statement: { from: besideFile.statement.from },
    evidence: { from: besideFile.evidence.from },
  });
  const backwards = proveHistory(easy, easy.chain, { from: 4, height: 5 });
  const later = proveHistory(easy, easy.chain, { from: 6, height: 11 });
  const turned = changed(backwards, {
    statement: { from: later.statement.from },
    evidence: { from: later.evidence.from },
  });
  return [
    proofCase('history: the later block comes first', turned),
    proofCase(
      'history: a block and itself',
      changed(backwards, {
        statement: { from: { block: backwards.statement.block, height: 5 } },
        evidence: {
          from: { header: backwards.evidence.header, committed: backwards.evidence.committed },
        },
      }),
    ),
    proofCase('history: a sibling of the ledger, with the same history', sibling),
    proofCase('history: more work', evidence({ work: `${BigInt(work) + 1n}` })),
    proofCase(
      'history: the inclusion of another',
      evidence({ inclusion: later.evidence.inclusion }),
    ),
    proofCase('history: an inclusion cut short', evidence({ inclusion: inclusion.slice(1) })),
    proofCase('history: no consistency', evidence({ consistency: [] })),
    proofCase(
      'history: the consistency of another',
      evidence({ consistency: later.evidence.consistency }),
    ),
    proofCase(
      'history: consistency in another order',
      evidence({ consistency: consistency.toReversed() }),
    ),
    proofCase(
      'history: a hash of consistency changed',
      evidence({
        consistency: [flip(consistency[0]), ...consistency.slice(1)],
      }),
    ),
    proofCase(
      'history: consistency with genesis is empty',
      changed(genesis, { evidence: { consistency } }),
    ),
  ];
}

export const claimFaults = () => [...transactionFaults(), ...accountFaults(), ...historyFaults()];
