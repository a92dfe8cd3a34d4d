/** Owns: the cases of the stages `transaction` and `transaction-context`, refused and accepted. */
import { cat, hex, u64 } from '../reference/bytes.mjs';
import { byName, sign, tagged } from '../reference/keys.mjs';
import { encodeUnsigned } from '../reference/transaction.mjs';
import { networks, outputsTo, pay } from './networks.mjs';
import { hexAccounts } from './plain.mjs';

const { easy, dev } = networks;
const MINIMUM = easy.parameters.minimumOutput;
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const NONE = Buffer.alloc(0);

const to = [['bob', 1_000n]];
const good = pay(easy, 'alice', { to, fee: 5n, memo: Buffer.from('memo') });
const edited = (at, bytes) => cat(good.subarray(0, at), bytes, good.subarray(at + bytes.length));
const flip = (at) => edited(at, Buffer.from([good[at] ^ 1]));
const scalar = (value) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
const [r, s] = [good.subarray(-64, -32), good.subarray(-32)];
const signedWith = (...parts) => cat(good.subarray(0, -64), ...parts);
const highS = scalar(ORDER - BigInt(`0x${hex(s)}`));
const off = (from, fields) => pay(easy, from, { to, fee: 5n, ...fields });
const breakSignature = (bytes) => cat(bytes.subarray(0, -1), Buffer.from([bytes.at(-1) ^ 1]));

/** Alice's payment under another public key, signed by alice: what a key's checks must see. */
function underKey(publicKey, fields = {}) {
  const outputs = outputsTo(...to);
  const unsigned = encodeUnsigned({ nonce: 0, fee: 5n, outputs, memo: NONE, publicKey, ...fields });
  return cat(unsigned, sign(tagged('cairn/transaction', easy.id, unsigned), byName.alice.secret));
}

const { publicKey } = byName.alice;
const x = publicKey.subarray(1);
const key = (prefix, bytes = x) => cat(Buffer.from([prefix]), bytes);
/** x = 5 has no point on the curve. */
const noPoint = key(2, cat(Buffer.alloc(31), Buffer.from([5])));
const notBelowP = key(2, Buffer.alloc(32, 255));
const overOutputs = off('alice', { to: [], outputs: outputsTo(['bob', MINIMUM - 1n]) });

const REFUSED = {
  empty: NONE,
  'version 0': edited(0, Buffer.from([0])),
  'version 2': edited(0, Buffer.from([2])),
  'order: version 2 and too short': Buffer.from([2]),
  'one byte': Buffer.from([1]),
  'one byte short': good.subarray(0, -1),
  'one byte long': cat(good, Buffer.alloc(1)),
  'cut inside the outputs': good.subarray(0, 60),
  'more outputs stated than there are': edited(46, Buffer.from([2])),
  'memo longer than the rest': edited(75, Buffer.from([255])),
  'order: no outputs and one byte long': cat(off('alice', { to: [] }), Buffer.alloc(1)),
  'no outputs': off('alice', { to: [] }),
  'order: no outputs and key prefix 04': underKey(key(4), { outputs: [] }),
  'key prefix 00': underKey(key(0)),
  'key prefix 04': underKey(key(4)),
  'key prefix 06': underKey(key(6)),
  'order: key prefix 04 and output below minimum': underKey(key(4), {
    outputs: outputsTo(['bob', 1n]),
  }),
  'output below minimum by one': overOutputs,
  'output of 0': off('alice', { to: [['bob', 0n]] }),
  'third output below minimum': off('alice', {
    to: [...to, ['carol', MINIMUM], ['bob', MINIMUM - 1n], ['bob', 0n]],
  }),
  'order: output below minimum and nonce exhausted': off('alice', {
    to: [['bob', 1n]],
    nonce: 0xffffffff,
  }),
  'nonce exhausted': off('alice', { nonce: 0xffffffff }),
  'order: nonce exhausted and signature wrong': breakSignature(off('alice', { nonce: 0xffffffff })),
  'order: output below minimum and signature wrong': breakSignature(overOutputs),
  'signed for another network': pay(dev, 'alice', { to, fee: 5n, memo: Buffer.from('memo') }),
  'signed by another key': underKey(byName.bob.publicKey),
  'key of the other parity': underKey(key(publicKey[0] ^ 1)),
  'key not on the curve': underKey(noPoint),
  'key x not below p': underKey(notBelowP),
  'nonce changed after signing': flip(34),
  'fee changed after signing': flip(38),
  'address changed after signing': flip(47),
  'amount changed after signing': edited(67, u64(2_000)),
  'memo changed after signing': flip(76),
  'r changed': signedWith(cat(r.subarray(0, 31), Buffer.from([r[31] ^ 1])), s),
  'high s': signedWith(r, highS),
  'r zero': signedWith(Buffer.alloc(32), s),
  's zero': signedWith(r, Buffer.alloc(32)),
  'r and s zero': signedWith(Buffer.alloc(64)),
  'r is the order': signedWith(scalar(ORDER), s),
  's is the order': signedWith(r, scalar(ORDER)),
  'all bits set': signedWith(Buffer.alloc(64, 255)),
  'r and s little-endian': signedWith(Buffer.from(r).reverse(), Buffer.from(s).reverse()),
  's then r': signedWith(s, r),
};

const ACCEPTED = {
  'smallest output': off('alice', { to: [['bob', MINIMUM]] }),
  'zero fee': off('alice', { fee: 0n }),
  'highest nonce that is valid': off('alice', { nonce: 0xfffffffe }),
  'cost over u64': off('alice', { to: [['bob', 2n ** 64n - 1n]], fee: 2n ** 64n - 1n }),
  'one address in two outputs': off('alice', { to: [...to, ...to] }),
};

const alone = (cases) =>
  Object.entries(cases).map(([name, bytes]) => ({
    stage: 'transaction',
    name: name.startsWith('order: ') ? `${name} (transaction)` : `transaction: ${name}`,
    input: { network: 'easy', bytes: hex(bytes) },
  }));

const account = (name, balance, nonce) => [hex(byName[name].address), { balance, nonce }];

function inContext(name, fields, accounts) {
  const input = {
    network: 'easy',
    bytes: hex(off('alice', fields)),
    accounts: hexAccounts(new Map(accounts)),
  };
  return { stage: 'transaction-context', name, input };
}

const bob = account('bob', 10n ** 9n, 0);
const u64Max = 2n ** 64n - 1n;
const contextRefused = [
  inContext('context: nonce one below', { nonce: 4 }, [account('alice', 5_000n, 5), bob]),
  inContext('context: nonce 0 of an old account', { nonce: 0 }, [account('alice', 0n, 5), bob]),
  inContext('context: nonce one above', { nonce: 6 }, [account('alice', 5_000n, 5)]),
  inContext('context: nonce 1 of an absent account', { nonce: 1 }, [bob]),
  inContext('context: highest nonce', { nonce: 0xfffffffe }, [account('alice', 5_000n, 5)]),
  inContext('context: sender absent', {}, [bob]),
  inContext('context: one unit too little', { nonce: 5 }, [account('alice', 1_004n, 5)]),
  inContext('context: own output does not count', { to: [['alice', 2_000n]] }, [
    account('alice', 1_999n, 0),
  ]),
  inContext(
    'context: sum over u64 does not wrap',
    {
      to: [
        ['bob', u64Max],
        ['bob', 1_000n],
      ],
    },
    [account('alice', 5_000n, 0)],
  ),
  inContext('context: fee over u64 does not wrap', { to: [['bob', 1_000n]], fee: u64Max }, [
    account('alice', 5_000n, 0),
  ]),
  inContext('context: nonce of a frozen account', { nonce: 0xfffffffe }, [
    account('alice', 5_000n, 0xffffffff),
  ]),
  inContext('order: nonce used and funds missing', { nonce: 4 }, [account('alice', 1n, 5)]),
  inContext('order: nonce gap and funds missing', { nonce: 6 }, [account('alice', 1n, 5)]),
];

const contextAccepted = [
  inContext('context: cost is the whole balance', { nonce: 5 }, [account('alice', 1_005n, 5)]),
  inContext('context: to oneself, the whole balance', { to: [['alice', 2_000n]] }, [
    account('alice', 2_005n, 0),
  ]),
  inContext('context: last nonce', { nonce: 0xfffffffe }, [account('alice', 1_005n, 0xfffffffe)]),
];

export const transactionFaults = () => [...alone(REFUSED), ...contextRefused];
export const transactionEdges = () => [...alone(ACCEPTED), ...contextAccepted];
