/** Owns: what stands in messages.json. */
import { hex, number, shown } from '../reference/bytes.mjs';
import * as tx from '../reference/transaction.mjs';
import { MESSAGES, decodeMessage, encodeMessage } from '../reference/messages.mjs';
import { networks } from './networks.mjs';

const { easy } = networks;

const tipOf = ({ height, id, cumulativeWork }) => ({
  height,
  id: shown(id),
  work: number(cumulativeWork),
});

/** One value per message; exported for the invalid cases to break. */
export function sampleValues() {
  const { chain } = easy;
  const ids = chain.slice(1, 4).map(({ id }) => shown(id));
  const sent = chain[3].transactions.map(({ bytes }) => bytes);
  const sentIds = sent.map((bytes) => hex(tx.transactionId(bytes)));
  const tip = tipOf(chain.at(-1));
  return {
    hello: {
      protocolVersion: 1,
      networkId: shown(easy.id),
      nodeNonce: '0123456789abcdef',
      features: 0,
      listenPort: 24_100,
      time: 1_790_000_100,
      tip,
      agent: 'cairn/0.1.0',
    },
    goodbye: { code: 'handshake-network-differs' },
    ping: { value: '0011223344556677' },
    pong: { value: '0011223344556677' },
    'get-headers': { ids: [...ids, shown(easy.id)] },
    headers: { tip, headers: chain.slice(1, 4).map(({ header }) => hex(header)) },
    'get-blocks': { ids },
    block: { block: hex(chain[3].bytes) },
    'blocks-missing': { ids: ids.slice(1) },
    'new-tip': { tip, header: hex(chain.at(-1).header) },
    inventory: { ids: sentIds },
    'get-transactions': { ids: sentIds.slice(0, 2) },
    transactions: { transactions: sent.map(hex) },
    'transactions-missing': { ids: sentIds.slice(2) },
    'get-pool': { after: sentIds[0] },
    pool: { ids: sentIds.toSorted() },
  };
}

export function messages() {
  const values = sampleValues();
  const more = [
    ['headers', { ...values.headers, headers: [] }],
    ['pool', { ids: [] }],
    ['hello', { ...values.hello, features: 0xffffffff, listenPort: 0, agent: '' }],
    ['hello', { ...values.hello, agent: '~'.repeat(64) }],
    ['goodbye', { code: 'a'.repeat(64) }],
  ];
  return [...Object.entries(values), ...more].map(([name, fields]) => {
    const entry = MESSAGES.find((one) => one.name === name);
    const bytes = encodeMessage(name, fields);
    const back = decodeMessage(entry, bytes);
    if (JSON.stringify(back) !== JSON.stringify(fields)) throw new Error(`${name} does not return`);
    return { type: entry.type, name, fields, bytes: hex(bytes) };
  });
}
