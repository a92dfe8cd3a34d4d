/** Owns: the networks of the vectors, `dev` (the project's genesis.json) among them; their chains. */
import { addressToText, byName, devKeys } from '../reference/keys.mjs';
import { createNetwork } from '../reference/genesis.mjs';
import { createBlock, rewardAt } from '../reference/block.mjs';
import { createTransaction } from '../reference/transaction.mjs';

const COIN = 100_000_000n;
export const coin = (n) => BigInt(Math.round(n * 1e8));

const allocate = (prefix, amounts) =>
  Object.entries(amounts).map(([name, amount]) => ({
    address: addressToText(prefix, byName[name].address),
    amount,
  }));

/**
 * The project's genesis file. 1e7fffff asks for 2^17 hashes: 20 to 65 ms on one core at 7 to
 * 2 MH/s, below 0.3 s in 99 of 100 blocks. powLimit is the same: no cheaper header is looked at.
 */
const dev = {
  name: 'dev',
  salt: '0000000000000000',
  prefix: 'crn',
  time: Date.UTC(2026, 10, 1) / 1000,
  bits: '1e7fffff',
  powLimit: '1e7fffff',
  spacingSeconds: 5,
  halfLifeSeconds: 600,
  retarget: false,
  reward: '50',
  halvingBlocks: 210_000,
  blockSizeMax: 400_000,
  minimumOutput: '0.0001',
  maxFutureSeconds: 7_200,
  allocations: devKeys.map(({ name, address }) => ({
    address: addressToText('crn', address),
    amount: name === 'faucet' ? '1000000' : '1000',
  })),
};

const easy = {
  ...dev,
  name: 'easy',
  salt: '0102030405060708',
  prefix: 'easy',
  time: 1_790_000_000,
  bits: '207fffff',
  powLimit: '207fffff',
  halvingBlocks: 4,
  blockSizeMax: 10_000,
  minimumOutput: '0.000001',
  allocations: allocate('easy', { alice: '1000', bob: '500.00000001', carol: '0.000001' }),
};

const asert = {
  ...easy,
  name: 'asert',
  prefix: 'asert',
  bits: '200fffff',
  spacingSeconds: 10,
  retarget: true,
  reward: '1.5',
  halvingBlocks: 1_000,
  maxFutureSeconds: 30,
  allocations: allocate('asert', { bob: '20', alice: '30' }),
};

const bare = {
  ...dev,
  name: 'a-name-of-32-letters-and-digits9',
  salt: 'ffffffffffffffff',
  prefix: 'x',
  time: 0,
  bits: '1d00ffff',
  powLimit: '1d00ffff',
  reward: '0',
  blockSizeMax: 2_000_000,
  minimumOutput: '0.00000001',
  maxFutureSeconds: 86_400,
  allocations: [],
};

export const networks = {
  dev: createNetwork(dev),
  easy: createNetwork(easy),
  asert: createNetwork(asert),
  bare: { ...createNetwork(bare), name: 'bare' },
};

/** A payment on a network, from a dev key by name; outputs as `[name, amount]`. */
export const pay = (network, from, { to = [], ...fields }) =>
  createTransaction(network.id, byName[from], {
    outputs: to.map(([name, amount]) => ({ address: byName[name].address, amount })),
    ...fields,
  });

export const outputsTo = (...pairs) =>
  pairs.map(([name, amount]) => ({ address: byName[name].address, amount }));

function extend(network, content) {
  network.chain.push(createBlock(network, network.chain, content));
}

function buildEasyChain(network) {
  const start = network.parameters.time;
  const fee = 20_000n;
  const extra = (n) => Buffer.alloc(8, n);
  const from = (name, nonce, to, more = {}) => pay(network, name, { nonce, fee, to, ...more });
  const contents = [
    { outputs: outputsTo(['alice', 50n * COIN]) },
    {
      transactions: [from('alice', 0, [['bob', 5n * COIN]])],
      outputs: outputsTo(['bob', 50n * COIN + fee]),
    },
    {
      transactions: [
        from('alice', 1, [['carol', COIN]], { memo: Buffer.from('three') }),
        from('alice', 2, [
          ['dave', 2n * COIN],
          ['bob', COIN],
        ]),
        from('dave', 0, [['carol', COIN]]),
      ],
    },
    { outputs: outputsTo(['bob', 20n * COIN], ['erin', 5n * COIN]) },
    {
      transactions: [
        from('erin', 0, [['bob', 5n * COIN - fee]]),
        from('alice', 3, [['alice', 7n * COIN]], { fee: 0n }),
      ],
      outputs: outputsTo(['faucet', 100n]),
    },
    { time: start + 17, outputs: outputsTo(['carol', 25n * COIN]), extra: Buffer.alloc(0) },
    { transactions: [from('bob', 0, [['erin', 100n]])], extra: Buffer.alloc(64, 7) },
    { outputs: outputsTo(['dave', coin(12.5)]) },
    ...[9, 10, 11, 12, 13].map((n) => ({ time: start + 5 * n + (n % 3) })),
  ];
  for (const [i, content] of contents.entries()) {
    extend(network, { time: start + 5 * (i + 1), extra: extra(i + 1), ...content });
  }
}

function buildAsertChain(network) {
  let { time } = network.parameters;
  for (const [i, step] of [10, 10, 25, 1, 1, 600, 1, 900, 10, 10, 1, 1, 2].entries()) {
    time += step;
    const reward = rewardAt(network.parameters, i + 1);
    extend(network, { time, extra: Buffer.alloc(8, i), outputs: outputsTo(['carol', reward]) });
  }
}

buildEasyChain(networks.easy);
buildAsertChain(networks.asert);
