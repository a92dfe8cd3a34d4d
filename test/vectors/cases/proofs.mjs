/** Owns: what stands in proofs.json. */
import { hex, number, shown } from '../reference/bytes.mjs';
import { byName } from '../reference/keys.mjs';
import { workOf } from '../reference/difficulty.mjs';
import * as proofs from '../reference/proof-file.mjs';
import { accountOf, transactionId } from '../reference/transaction.mjs';
import { absent, textOf } from './proof-making.mjs';
import { networks } from './networks.mjs';

const { easy, asert, bare } = networks;
const { proveTransaction, proveAccount, proveHistory } = proofs;

const REQUESTS = [
  ['the only transaction', easy, proveTransaction, { height: 2, index: 1, headers: 3 }],
  ['the second of three', easy, proveTransaction, { height: 3, index: 2 }],
  ['the last of two, up to the tip', easy, proveTransaction, { height: 5, index: 2, headers: 99 }],
  ['an account', easy, proveAccount, { height: 13, address: byName.carol.address }],
  ['a sender', easy, proveAccount, { height: 7, address: byName.alice.address, headers: 2 }],
  ['no account', easy, proveAccount, { height: 13, address: absent }],
  ['an account of genesis', easy, proveAccount, { height: 0, address: byName.bob.address }],
  ['no account where there are none', bare, proveAccount, { height: 0, address: absent }],
  ['an account at height 1', asert, proveAccount, { height: 1, address: byName.carol.address }],
  ['growth by one', easy, proveHistory, { from: 4, height: 5 }],
  ['growth from an odd size', easy, proveHistory, { from: 7, height: 13 }],
  ['growth from a power of two', asert, proveHistory, { from: 8, height: 11, headers: 2 }],
  ['growth from genesis', asert, proveHistory, { from: 0, height: 13 }],
  ['growth from genesis to its child', easy, proveHistory, { from: 0, height: 1, headers: 1 }],
];

const workBetween = (chain, from, to) =>
  chain.slice(Math.max(from, 1), to + 1).reduce((sum, { bits }) => sum + workOf(bits), 0n);

function describe([name, network, make, request]) {
  const { chain } = network;
  const { height, headers = 0, index, address, from } = request;
  const file = make(network, chain, request);
  const text = textOf(file);
  const trusted = file.statement.tip;
  const refused = proofs.checkProof(text, { network, trusted });
  if (refused) throw new Error(`${name}: ${JSON.stringify(refused)}`);
  const top = Math.min(height + headers, chain.length - 1);
  const at = (block) => ({ id: shown(block.id), height: block.height });
  const account = address && accountOf(chain[height].accounts, address);
  return {
    ...{ name, network: network.name, kind: file.kind, trusted, text },
    proven: {
      ...{ block: at(chain[height]), tip: at(chain[top]) },
      work: number(workBetween(chain, height, top)),
      ...(index && {
        transaction: hex(transactionId(chain[height].transactions[index - 1].bytes)),
        index: index - 1,
      }),
      ...(address && {
        address: hex(address),
        account:
          account.balance > 0n ? { balance: `${account.balance}`, nonce: account.nonce } : null,
      }),
      ...(from !== undefined && {
        ...{ from: at(chain[from]), fromWork: number(chain[from].cumulativeWork) },
      }),
    },
  };
}

export const proofFiles = () => REQUESTS.map(describe);
