/**
 * Every size and shape of a network: all hear of everything; after a split with conflicting spends
 * and its healing all agree, and no payment of the losing side is lost without a reason.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TransactionJson } from '../../src/api/schemas/results.ts';
import { Cairn } from '../kit/cairn.ts';
import type { LiveNetwork, LiveNode } from '../kit/e2e-network.ts';
import { isConfirmed, isPending, startNetwork } from '../kit/e2e-network.ts';
import { untilAgreed, untilEachSays } from '../kit/e2e-network.ts';
import type { SignedPayment } from '../kit/e2e-payer.ts';
import { Payer } from '../kit/e2e-payer.ts';

const SIZES = [3, 5, 10];
const SHAPES = ['mesh', 'line', 'ring', 'star'];
/** How deep the losing branch is, and the winning one. */
const DEPTHS = { losing: 2, winning: 3 } as const;

interface Healed {
  readonly reorganised: readonly {
    readonly node: number;
    readonly disconnected: number;
    readonly connected: number;
  }[];
}

/** What is paid on the losing side, and what of the other side conflicts with it. */
interface Spends {
  /** Pays an account that has nothing else. */
  readonly doomed: SignedPayment;
  /** Spends what `doomed` paid. */
  readonly orphan: SignedPayment;
  /** Has the nonce after that of `doomed`. */
  readonly after: SignedPayment;
  /** Of another account. */
  readonly apart: SignedPayment;
  /** On the winning side: same account and nonce as `doomed`. */
  readonly rival: SignedPayment;
}

let cairn: Cairn;
beforeEach(() => {
  cairn = new Cairn();
});
afterEach(() => cairn.close());

const cases = SIZES.flatMap((size) => SHAPES.map((shape) => ({ size, shape })));

test.each(cases)('$size nodes, $shape: split, double spend, heal', async ({ size, shape }) => {
  const network = await startNetwork(
    ...[cairn, '--nodes', String(size), '--topology', shape, '--mine', 'off'],
  );
  const { nodes, networkId } = network;
  const payers = ['alice', 'bob', 'carol', 'dave'].map((name) => Payer.of(name, networkId));
  const [alice, bob, carol, dave] = payers as [Payer, Payer, Payer, Payer];

  const shared = [alice.pay(bob, '1'), carol.pay(dave, '2')];
  await spread(nodes, shared, dave);

  const [losing, winning] = sidesOf(network, shape);
  await cairn.json('split', idsOf(losing), idsOf(winning));
  const spends = signSpends({ alice, bob, carol, dave }, Payer.fresh(0, networkId));
  const { doomed, after, apart, orphan, rival } = spends;
  await spread(losing, [doomed, after, apart], dave);
  await spread(losing, [orphan], dave);
  await spread(winning, [rival], bob);
  await winning[0]!.mine(DEPTHS.winning - 1, bob.addressText);
  await untilAgreed(winning, ({ height }) => height === 1 + DEPTHS.winning);

  const { reorganised } = await cairn.json<Healed>('heal');
  expect(reorganised).toMatchObject(
    losing.map(({ id }) => ({
      ...{ node: id, disconnected: DEPTHS.losing, connected: DEPTHS.winning },
    })),
  );
  await agree(nodes, 1 + DEPTHS.winning);
  for (const node of losing) {
    const show = size === SIZES[0] ? showFates : askFates;
    expect(await show(node, [doomed, after, apart, orphan])).toEqual([
      ...[
        ['dropped', 'nonce-used'],
        ['pending', null],
        ['pending', null],
        ['waiting', 'waiting-for-funds'],
      ],
    ]);
  }
  // The winning side hears of what came back, and mines it.
  await untilEachSays(nodes, [after, apart], isPending);
  await winning[0]!.mine(1, bob.addressText);
  await agree(nodes, 2 + DEPTHS.winning);
  await untilEachSays(nodes, [...shared, rival, after, apart], isConfirmed);
});

/** One end submits, the other mines; returns when payments and block have reached everyone. */
async function spread(
  nodes: readonly LiveNode[],
  payments: readonly SignedPayment[],
  miner: Payer,
): Promise<void> {
  const [first, last] = [nodes[0]!, nodes[nodes.length - 1]!];
  await first.submit(payments);
  await untilEachSays(nodes, payments, isPending);
  const [id] = await last.mine(1, miner.addressText);
  await untilAgreed(nodes, ({ tip }) => tip === id);
  await untilEachSays(nodes, payments, isConfirmed);
}

/** Both sides stay connected within: a star loses a leaf, any other shape a half. */
function sidesOf(
  { nodes }: LiveNetwork,
  shape: string,
): readonly [readonly LiveNode[], readonly LiveNode[]] {
  const border = shape === 'star' ? nodes.length - 1 : Math.ceil(nodes.length / 2);
  return [nodes.slice(0, border), nodes.slice(border)];
}

const idsOf = (nodes: readonly LiveNode[]): string => nodes.map(({ id }) => id).join(',');

function signSpends(
  { alice, bob, carol, dave }: Readonly<Record<'alice' | 'bob' | 'carol' | 'dave', Payer>>,
  newcomer: Payer,
): Spends {
  const { nonce } = alice;
  const doomed = alice.pay(newcomer, '5');
  const after = alice.pay(bob, '3');
  alice.nonce = nonce;
  const rival = alice.pay(dave, '7');
  return { doomed, after, rival, apart: carol.pay(bob, '2'), orphan: newcomer.pay(dave, '4') };
}

async function agree(nodes: readonly LiveNode[], height: number): Promise<void> {
  const statuses = await untilAgreed(nodes, (status) => status.height === height);
  expect(new Set(statuses.map(({ accountsRoot }) => accountsRoot)).size).toBe(1);
}

type Fate = readonly [TransactionJson['status'], string | null];

async function askFates(
  node: LiveNode,
  payments: readonly SignedPayment[],
): Promise<readonly Fate[]> {
  const transactions = await node.transactions(payments);
  return transactions.map(({ status, reason }) => [status, reason]);
}

/** The same from the command line. */
function showFates(node: LiveNode, payments: readonly SignedPayment[]): Promise<readonly Fate[]> {
  const at = ['--node', String(node.id)];
  return Promise.all(
    payments.map(async ({ id }): Promise<Fate> => {
      const { status, reason } = await cairn.json<TransactionJson>('tx', 'show', id, ...at);
      return [status, reason];
    }),
  );
}
