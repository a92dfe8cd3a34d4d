/** Owns: the cases of the stage `connect`, refused and accepted, on `easy`. */
import { hex } from '../reference/bytes.mjs';
import * as block from '../reference/block.mjs';
import { createTransaction } from '../reference/transaction.mjs';
import { byName } from '../reference/keys.mjs';
import { TIP, accounts, child, from, hash, nonceOf } from './block-making.mjs';
import { networks, outputsTo } from './networks.mjs';
import { one } from './plain.mjs';

const { easy } = networks;
const { minimumOutput: MINIMUM } = easy.parameters;

const connectCase = (name, content, height = TIP) => ({
  stage: 'connect',
  name,
  input: { network: 'easy', known: height, bytes: hex(child(content, height).bytes) },
});
const wrongAccounts = { accountsRoot: easy.chain[TIP].accountsRoot };

export function connectFaults() {
  const next = (n) => ({ nonce: nonceOf('alice') + n });
  const reward = block.rewardAt(easy.parameters, TIP + 1);
  const refuse = (name, transactions, more) =>
    connectCase(name, { transactions, wrong: wrongAccounts, ...more });
  const poor = accounts.get(hex(byName.dave.address)).balance;
  return [
    connectCase('connect: history root of the parent', {
      wrong: { historyRoot: easy.chain[TIP].historyRoot },
    }),
    connectCase('connect: history root with the own block too', {
      wrong: { historyRoot: block.historyRootOf([...easy.chain, easy.chain[TIP]]) },
    }),
    connectCase('connect: history root of nothing', {
      wrong: { historyRoot: easy.chain[0].historyRoot },
    }),
    connectCase('order: connect history root and nonce gap', {
      transactions: [from('alice', next(1))],
      wrong: { ...wrongAccounts, historyRoot: hash(1) },
    }),
    refuse('connect: nonce gap', [from('alice', next(1))]),
    refuse('connect: nonce used', [from('alice', next(-1))]),
    refuse('connect: the same transaction twice', [from('alice'), from('alice')]),
    refuse('connect: nonces in the wrong order', [from('alice', next(1)), from('alice')]),
    refuse('connect: overspend', [from('alice', { to: [['bob', 10n ** 18n]] })]),
    refuse('connect: overspend by the second', [
      from('dave', { to: [['bob', poor - 7n]] }),
      from('dave', { to: [['bob', 1_000n]], nonce: nonceOf('dave') + 1 }),
    ]),
    refuse('connect: overspend by one', [from('dave', { to: [['bob', poor - 6n]] })]),
    refuse('connect: spends what a later transaction brings', [
      from('dave', { to: [['alice', poor + 1_000n]] }),
      from('alice', { to: [['dave', 5_000n]] }),
    ]),
    refuse(
      'connect: spends the reward of its own block',
      [from('dave', { to: [['bob', poor + 1_000n]] })],
      {
        outputs: outputsTo(['dave', reward]),
      },
    ),
    refuse('connect: an absent sender', [
      createTransaction(easy.id, one, { outputs: outputsTo(['bob', 1_000n]) }),
    ]),
    refuse('order: connect lowest index', [
      from('bob'),
      from('alice', { to: [['bob', 10n ** 18n]] }),
      from('alice', next(3)),
    ]),
    connectCase('order: connect nonce gap and accounts root', {
      transactions: [from('alice', next(2))],
      wrong: { accountsRoot: hash(3) },
    }),
    connectCase('connect: accounts root of the parent', {
      transactions: [from('alice')],
      wrong: wrongAccounts,
    }),
    connectCase('connect: accounts root of zeros', { wrong: { accountsRoot: hash(0) } }),
    connectCase('connect: accounts root without the coinbase', {
      outputs: outputsTo(['bob', reward]),
      wrong: wrongAccounts,
    }),
    connectCase('connect: accounts root on genesis', { wrong: { accountsRoot: hash(1) } }, 0),
  ];
}

export function connectEdges() {
  const reward = block.rewardAt(easy.parameters, TIP + 1);
  const poor = accounts.get(hex(byName.dave.address)).balance;
  return [
    connectCase('connect: spends what an earlier transaction brings', {
      transactions: [
        from('alice', { to: [['dave', 5_000n]] }),
        from('dave', { to: [['alice', poor + 4_993n]] }),
      ],
    }),
    connectCase('connect: coinbase to an emptied account', {
      transactions: [from('dave', { to: [['alice', poor - 7n]] })],
      outputs: outputsTo(['dave', reward]),
    }),
    connectCase('connect: nothing but a coinbase that claims nothing', { extra: Buffer.alloc(0) }),
    connectCase('connect: a sibling of block 5', { outputs: outputsTo(['erin', MINIMUM]) }, 4),
    connectCase(
      'connect: a sibling of block 1',
      { outputs: outputsTo(['dave', 50n * 10n ** 8n]) },
      0,
    ),
  ];
}
