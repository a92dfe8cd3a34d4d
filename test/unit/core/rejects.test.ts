/**
 * Every reject code of docs/protocol.md is produced: one case for each, run here through the real
 * functions, and the facts that section 12 names for it come with it. A code without a case does
 * not compile.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { required } from '../../../src/core/base/assert.ts';
import type { Facts, RejectCode } from '../../../src/core/base/rejects.ts';
import { REJECT_KINDS } from '../../../src/core/base/rejects.ts';
import type { BlockId } from '../../../src/core/base/types.ts';
import { toWork } from '../../../src/core/base/types.ts';
import type { MempoolLimits } from '../../../src/core/chain/limits.ts';
import { checkHello } from '../../../src/core/net/handshake.ts';
import { HeaderWalk } from '../../../src/core/net/header-walk.ts';
import { ChainScript } from '../../kit/chain-script.ts';
import { FAKE_GENESIS, FAKE_PARAMS, bodyOf, mineHeaders } from '../../kit/fake-chain.ts';
import { MempoolBench, RELAY_FEE, TRANSFER_SIZE } from '../../kit/mempool.ts';
import type { HelloOptions } from '../../kit/net-bench.ts';
import { GENESIS_TIP, NetBench, helloMessage } from '../../kit/net-bench.ts';
import type { InvalidCase } from '../../kit/stages.ts';
import { runStage } from '../../kit/stages.ts';
import type { FakeTransaction } from '../../kit/transactions.ts';
import { fakeTransaction } from '../../kit/transactions.ts';
import { readVectors } from '../../kit/vectors.ts';

/** A code as it came out, with its facts where the way it came out shows them. */
interface Produced {
  readonly code: string | undefined;
  readonly facts?: Facts;
}
type Case = () => Produced;

const vectors = readVectors('invalid.json') as readonly InvalidCase[];
const COINS = 100_000_000n;

/** The first row of invalid.json that has this code and a name that begins so. */
const vector =
  (code: RejectCode, name = ''): Case =>
  () => {
    const row = vectors.find((each) => each.code === code && each.name.startsWith(name));
    const verdict = runStage(required(row, `invalid.json has a case of ${code}`));
    return verdict.ok ? { code: undefined } : verdict;
  };

/** Offers transactions to a pool in turn; the last must be refused. */
const pool =
  (
    offers: readonly FakeTransaction[],
    options: { readonly limits?: Partial<MempoolLimits>; readonly balance?: bigint } = {},
  ): Case =>
  () => {
    const bench = new MempoolBench(options.limits);
    for (const { from } of offers) bench.setAccount(from, options.balance ?? COINS, 5);
    for (const fake of offers.slice(0, -1)) bench.take(fake);
    const last = bench.offer(fakeTransaction(required(offers.at(-1), 'something is offered')));
    return last.ok ? { code: undefined } : last;
  };
const offer = { from: 0, nonce: 5, fee: RELAY_FEE };

/** What a conversation closes a connection for. */
const closed =
  (act: (bench: NetBench) => number): Case =>
  () => {
    const bench = new NetBench();
    const peer = act(bench);
    return { code: bench.closeCode(peer) };
  };

/** What a node says to a hello. */
const hello =
  (options: HelloOptions): Case =>
  () => {
    const said = helloMessage(options);
    if (said.kind !== 'hello') return { code: undefined };
    const nodeNonce = new Uint8Array(8).fill(1);
    const identity = { networkId: FAKE_GENESIS.id, nodeNonce, listenPort: 0, agent: '' };
    const verdict = checkHello(said, identity);
    return verdict.ok ? { code: undefined } : verdict;
  };

/** A dial under way, and an inbound connection from the same endpoint with a higher nonce. */
function dialTwice(bench: NetBench): number {
  const neighbour = { ip: '127.0.0.1', port: 9001 };
  bench.input({ kind: 'add-peer', endpoint: neighbour });
  bench.connect('outbound', neighbour);
  const theirs = bench.connect('inbound', { ip: neighbour.ip, port: 50_000 });
  bench.say(theirs, helloMessage({ nonce: 0xff, listenPort: neighbour.port }));
  return theirs;
}

/** More headers than the median rule allows in the first second of a chain. */
function walkTooFast(): Produced {
  const anchor = {
    id: FAKE_GENESIS.id,
    work: GENESIS_TIP.work,
    context: { height: GENESIS_TIP.height, recentTimes: [FAKE_GENESIS.time] },
  };
  const nowSeconds = FAKE_PARAMS.time - FAKE_PARAMS.maxFutureSeconds + 1;
  const rules = { params: FAKE_PARAMS, nowSeconds, enough: toWork(1000n) };
  const step = new HeaderWalk(anchor).step(mineHeaders(FAKE_GENESIS, 6 + 11 + 1), rules);
  return step.kind === 'refused' ? step.verdict : { code: undefined };
}

function answerWithGap(bench: NetBench): number {
  const headers = mineHeaders(FAKE_GENESIS, 3);
  const tip = { ...GENESIS_TIP, id: 'a'.repeat(64) as BlockId, work: toWork(1000n) };
  const peer = bench.ready({ tip });
  bench.say(peer, { kind: 'headers', tip, headers: [headers[0]!.bytes, headers[2]!.bytes] });
  return peer;
}

const CASES: Readonly<Record<RejectCode, Case>> = {
  'tx-malformed': vector('tx-malformed'),
  'tx-version-unknown': vector('tx-version-unknown'),
  'tx-no-outputs': vector('tx-no-outputs'),
  'tx-key-malformed': vector('tx-key-malformed'),
  'tx-output-below-minimum': vector('tx-output-below-minimum'),
  'tx-nonce-exhausted': vector('tx-nonce-exhausted'),
  'tx-signature-invalid': vector('tx-signature-invalid'),
  'tx-nonce-used': vector('tx-nonce-used'),
  'tx-nonce-gap': vector('tx-nonce-gap'),
  'tx-insufficient-funds': vector('tx-insufficient-funds'),
  'tx-known': pool([offer, offer]),
  'tx-fee-too-low': pool([{ ...offer, fee: RELAY_FEE - 1n }]),
  'tx-pool-full': pool([offer, { ...offer, from: 1 }], {
    limits: { executableBytesMax: TRANSFER_SIZE },
  }),
  'tx-replacement-underpriced': pool([offer, { ...offer, fee: RELAY_FEE + 1n }]),
  'tx-replacement-limit': pool(
    [offer, { ...offer, fee: 2n * RELAY_FEE }, { ...offer, fee: 4n * RELAY_FEE }],
    { limits: { replacementsPerMinuteMax: 1 } },
  ),
  'tx-account-limit': pool([offer, { ...offer, nonce: 6 }], { limits: { perAccountMax: 1 } }),
  'tx-gap-limit': pool([{ ...offer, nonce: 5 + 17 }]),
  'tx-waiting-limit': pool(
    [
      { ...offer, amount: COINS },
      { ...offer, nonce: 6, amount: COINS },
    ],
    { limits: { receivedPerAccountMax: 1 } },
  ),
  'header-malformed': vector('header-malformed'),
  'header-version-unknown': vector('header-version-unknown'),
  'header-bits-malformed': vector('header-bits-malformed'),
  'header-work-insufficient': vector('header-work-insufficient'),
  'header-parent-unknown': vector('header-parent-unknown'),
  'header-parent-invalid': vector('header-parent-invalid'),
  'header-bits-wrong': vector('header-bits-wrong'),
  'header-time-too-old': vector('header-time-too-old'),
  'header-time-too-new': vector('header-time-too-new'),
  'block-too-large': vector('block-too-large'),
  'block-malformed': vector('block-malformed'),
  'block-commitment-mismatch': vector('block-commitment-mismatch'),
  'block-transactions-root-mismatch': vector('block-transactions-root-mismatch'),
  'block-height-wrong': vector('block-height-wrong'),
  'coinbase-height-wrong': vector('coinbase-height-wrong'),
  'coinbase-output-below-minimum': vector('coinbase-output-below-minimum'),
  'coinbase-claims-too-much': vector('coinbase-claims-too-much'),
  'block-transaction-invalid': vector('block-transaction-invalid'),
  'block-history-root-wrong': vector('block-history-root-wrong'),
  'block-accounts-root-wrong': vector('block-accounts-root-wrong'),
  'block-known': () => {
    const script = new ChainScript();
    script.block({ name: 'a', on: 'genesis', expect: 'tip' });
    const verdict = script.core.receive(script.bytesOf('a'));
    return typeof verdict === 'string' ? { code: undefined } : verdict;
  },
  'address-malformed': vector('address-malformed'),
  'genesis-malformed': vector('genesis-malformed'),
  'genesis-key-unknown': vector('genesis-key-unknown'),
  'genesis-key-missing': vector('genesis-key-missing'),
  'genesis-value-wrong': vector('genesis-value-wrong'),
  'genesis-bits-malformed': vector('genesis-bits-malformed'),
  'genesis-bits-above-limit': vector('genesis-bits-above-limit'),
  'genesis-half-life-too-short': vector('genesis-half-life-too-short'),
  'genesis-future-limit-wrong': vector('genesis-future-limit-wrong'),
  'genesis-allocation-repeated': vector('genesis-allocation-repeated'),
  'genesis-allocation-below-minimum': vector('genesis-allocation-below-minimum'),
  'genesis-supply-too-large': vector('genesis-supply-too-large'),
  'message-malformed': vector('message-malformed', 'message: goodbye in upper case'),
  'message-too-large': vector('message-too-large'),
  'message-unexpected': closed((bench) => {
    const peer = bench.ready();
    bench.say(peer, helloMessage());
    return peer;
  }),
  'message-flood': closed((bench) => {
    const peer = bench.ready();
    for (let i = 0; i < 33; i++) bench.sayBytes(peer, Uint8Array.of(0x7f));
    return peer;
  }),
  'handshake-version-unknown': hello({ protocolVersion: 2 }),
  'handshake-network-differs': hello({ networkId: 'f'.repeat(64) as BlockId }),
  'handshake-self': hello({ nonce: 1 }),
  'handshake-duplicate': closed(dialTwice),
  'headers-not-continuous': closed(answerWithGap),
  'headers-too-many': walkTooFast,
  'block-unrequested': closed((bench) => {
    const peer = bench.ready();
    const [header] = mineHeaders(FAKE_GENESIS, 1);
    bench.say(peer, { kind: 'block', bytes: bodyOf(required(header, 'one was mined')) });
    return peer;
  }),
  'proof-too-large': vector('proof-too-large'),
  'proof-malformed': vector('proof-malformed'),
  'proof-version-unknown': vector('proof-version-unknown'),
  'proof-network-differs': vector('proof-network-differs'),
  'proof-block-differs': vector('proof-block-differs'),
  'proof-commitment-mismatch': vector('proof-commitment-mismatch'),
  'proof-height-differs': vector('proof-height-differs'),
  'proof-headers-not-linked': vector('proof-headers-not-linked'),
  'proof-tip-differs': vector('proof-tip-differs'),
  'proof-header-invalid': vector('proof-header-invalid'),
  'proof-header-untrusted': vector('proof-header-untrusted'),
  'proof-genesis-mismatch': vector('proof-genesis-mismatch'),
  'proof-transaction-invalid': vector('proof-transaction-invalid'),
  'proof-transaction-differs': vector('proof-transaction-differs'),
  'proof-account-invalid': vector('proof-account-invalid'),
  'proof-account-differs': vector('proof-account-differs'),
  'proof-order-wrong': vector('proof-order-wrong'),
  'proof-inclusion-invalid': vector('proof-inclusion-invalid'),
  'proof-consistency-invalid': vector('proof-consistency-invalid'),
};

/** The names of the facts that section 12 always promises for a code. */
function statedFacts(): ReadonlyMap<string, readonly string[]> {
  const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');
  const section = page.slice(page.indexOf('\n## 12.'), page.indexOf('\n## 13.'));
  const rows = Array.from(section.matchAll(/^\| `([a-z-]+)`.*?\| [a-z]+ \| (.*?) ?\|$/gm));
  return new Map(
    rows.map(([, code = '', facts = '']) => {
      const names = facts.split(/,\s*/).map((name) => name.replace(/^inner code$/, 'inner'));
      return [code, names.filter((name) => name !== '' && !/^its | if /.test(name))];
    }),
  );
}

describe('every reject code is produced', () => {
  const stated = statedFacts();

  test('the cases are those of the list', () => {
    expect(Object.keys(CASES)).toEqual(Object.keys(REJECT_KINDS));
    expect(stated.size).toBeGreaterThan(50);
  });

  test.each(Object.entries(CASES))('%s', (code, produce) => {
    const produced = produce();
    expect(produced.code).toBe(code);
    const names = stated.get(code);
    if (produced.facts === undefined || names === undefined) return;
    expect(Object.keys(produced.facts)).toEqual(expect.arrayContaining([...names]));
  });
});
