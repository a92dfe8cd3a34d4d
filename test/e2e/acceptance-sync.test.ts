/** A node that joins late: 5,000 transfers, its progress seen, the same accounts root. */
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StatusJson } from '../../src/api/schemas/results.ts';
import { DEV_ACCOUNTS } from '../../src/client/dev-accounts.ts';
import { Cairn, waitForText } from '../kit/cairn.ts';
import { LiveNode, startNetwork, untilAgreed } from '../kit/e2e-network.ts';
import { Payer } from '../kit/e2e-payer.ts';

const TRANSFERS = 5000;
const BLOCKS = 25;
const PAYERS = 5;
const RECIPIENTS = 50;
/** Beyond the ports of the network's own nodes. */
const LATE_PORT_OFFSET = 150;

let cairn: Cairn;
let endLate: () => Promise<void>;
beforeEach(() => {
  cairn = new Cairn();
  endLate = () => Promise.resolve();
});
afterEach(async () => {
  await endLate();
  await cairn.close();
});

test('a fresh node syncs 5,000 transfers, and its progress shows', async () => {
  const { nodes, networkId } = await startNetwork(cairn, '--nodes', '2', '--mine', 'off');
  const made = await payAndMine(nodes[0]!, networkId);
  expect(made).toBe(TRANSFERS);
  const [old] = await untilAgreed(nodes, ({ height }) => height === BLOCKS);

  const late = await startLate(nodes);
  const seen: StatusJson[] = [];
  const note = (status: StatusJson): boolean => seen.push(status) > 0;
  const [status] = await untilAgreed([late], (now) => note(now) && now.tip === old!.tip);
  expect(status).toMatchObject({ accountsRoot: old!.accountsRoot, syncing: null });

  const progress = seen.flatMap(({ syncing }) => syncing ?? []);
  const heights = progress.map(({ height }) => height);
  expect(new Set(progress.map(({ target }) => target))).toEqual(new Set([BLOCKS]));
  expect(heights).toEqual(heights.toSorted((a, b) => a - b));
  expect(heights.filter((height) => height > 0).length).toBeGreaterThan(0);
});

/** Answers how many transfers are in blocks. */
async function payAndMine(node: LiveNode, networkId: string): Promise<number> {
  const payers = DEV_ACCOUNTS.slice(0, PAYERS).map(({ name }) => Payer.of(name, networkId));
  const recipients = Array.from({ length: RECIPIENTS }, (_, i) => Payer.fresh(i, networkId));
  let count = 0;
  for (let height = 1; height <= BLOCKS; height++) {
    const payments = Array.from({ length: TRANSFERS / BLOCKS }, (_, index) =>
      payers[index % PAYERS]!.pay(recipients[(index + height) % RECIPIENTS]!, '0.001'),
    );
    await node.submit(payments);
    await node.mine(1, payers[0]!.addressText);
    count += (await node.call('block.get', { block: height })).transactions.length;
  }
  return count;
}

/** One real node more, that knows only where the others listen. */
async function startLate(others: readonly LiveNode[]): Promise<LiveNode> {
  const statuses = await Promise.all(others.map((node) => node.status()));
  const datadir = join(cairn.home, 'late');
  const child = cairn.spawn(
    ...['node', 'start', '--json', '--datadir', datadir, '--rpc-port', '0'],
    ...['--p2p-port', String(cairn.portBase + LATE_PORT_OFFSET)],
    ...['--genesis', join(cairn.home, 'networks', 'default', 'genesis.json')],
    ...statuses.flatMap(({ p2p }) => ['--peer', String(p2p)]),
  );
  const ended = once(child, 'exit');
  endLate = async () => {
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  };
  const { rpc } = JSON.parse(await waitForText(child.stdout, '\n')) as { readonly rpc: string };
  return new LiveNode({ id: others.length + 1, url: rpc, datadir });
}
