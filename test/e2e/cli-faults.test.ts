/** A fork and its end from the command line: split, both sides mine and spend, heal. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Cairn, eventually } from '../kit/cairn.ts';

interface Chain {
  readonly height: number;
  readonly tip: string;
  readonly accountsRoot: string;
  readonly peers: number;
}

interface Tree {
  readonly tips: readonly {
    readonly id: string;
    readonly height: number;
    readonly branchLength: number;
    readonly nodes: readonly number[];
  }[];
}

interface Healed {
  readonly links: readonly (readonly [number, number])[];
  readonly agreed: boolean;
  readonly reorganised: readonly {
    readonly node: number;
    readonly disconnected: number;
    readonly connected: number;
    readonly returned: number;
    readonly tip: string;
  }[];
}

let cairn: Cairn;
beforeEach(() => {
  cairn = new Cairn();
});
afterEach(() => cairn.close());

const chainOf = (node: number): Promise<Chain> =>
  cairn.json<Chain>('chain', '--node', String(node));

/** The id of a payment made on one node. */
const pay = async (node: number, ...args: readonly string[]): Promise<string> =>
  (await cairn.json<{ id: string }>('send', ...args, '--node', String(node))).id;

test('both sides go on alone, and heal to one chain with every payment accounted for', async () => {
  await cairn.json('up', '-d', '--mine', '5s');
  await cairn.json('mine', '1');
  await eventually(
    async () => Promise.all([1, 2, 3].map(chainOf)),
    (chains) => new Set(chains.map(({ tip }) => tip)).size === 1,
  );

  const cut = await cairn.run('split', '1', '2,3');
  expect(cut.stdout).toBe('links cut: 1-2, 1-3   automatic mining is paused\n');
  const start = await chainOf(1);
  expect(start.peers).toBe(0);
  expect((await chainOf(2)).peers).toBe(1);

  const left = await pay(1, 'bob', '5', '--from', 'alice');
  const right = await pay(2, 'carol', '7', '--from', 'alice');
  const kept = await pay(1, 'dave', '3', '--from', 'bob');
  await cairn.json('mine', '1', '--node', '1');
  await cairn.json('mine', '2', '--node', '2');
  await eventually(
    () => chainOf(3),
    ({ height }) => height === start.height + 2,
  );
  expect((await chainOf(1)).height).toBe(start.height + 1);

  const { tips } = await cairn.json<Tree>('tree');
  expect(tips.map(({ nodes, branchLength }) => [nodes, branchLength])).toEqual([
    [[2, 3], 0],
    [[1], 1],
  ]);
  const drawn = (await cairn.run('tree')).stdout;
  expect(drawn).toMatch(/● node 2, node 3 +work/);
  expect(drawn).toMatch(/└── \d+' +[0-9a-f]{8} {2}○ node 1 .*\(split since \d/);

  const healed = await cairn.json<Healed>('heal');
  expect(healed).toMatchObject({
    ...{ agreed: true },
    links: [
      [1, 2],
      [1, 3],
    ],
  });
  expect(healed.reorganised).toMatchObject([
    { node: 1, disconnected: 1, connected: 2, returned: 1 },
  ]);
  const chains = await Promise.all([1, 2, 3].map(chainOf));
  expect(new Set(chains.map(({ tip }) => tip)).size).toBe(1);
  expect(new Set(chains.map(({ accountsRoot }) => accountsRoot)).size).toBe(1);

  const fate = async (id: string): Promise<string> =>
    (await cairn.json<{ status: string }>('tx', 'show', id)).status;
  expect(await fate(right)).toBe('confirmed');
  expect(await fate(left)).not.toBe('unknown');
  expect(await fate(left)).not.toBe('confirmed');
  // Bob's payment conflicts with nothing: automatic mining, which goes on, mines it again.
  await cairn.json('mine', '1', '--node', '2');
  expect(await fate(kept)).toBe('confirmed');
});

test('heal tells of the reorganisation in one line per node', async () => {
  await cairn.json('up', '-d', '--mine', 'off');
  await cairn.json('split', '1', '2,3');
  await cairn.json('mine', '1', '--node', '1');
  await cairn.json('mine', '2', '--node', '2');
  const { code, stdout } = await cairn.run('heal');
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toBe('links restored: 1-2, 1-3');
  expect(lines[1]).toContain('node 1 reorganised: -1 +2 blocks, 0 txs back in mempool, tip ');
  expect(lines[1]).toMatch(/ tip [0-9a-f]{8} at 2 {3}\([\d.]+ s\)$/);
  expect(lines).toHaveLength(2);
});

test('a node restarted during a split stays on its side, and heal still reaches it', async () => {
  await cairn.json('up', '-d', '--mine', 'off', '--topology', 'ring', '--nodes', '4');
  await cairn.json('split', '1,2', '3,4');
  await cairn.run('kill', '3');
  await cairn.json('mine', '1', '--node', '1');
  await cairn.run('start', '3');
  await cairn.json('mine', '2', '--node', '4');
  await eventually(
    () => chainOf(3),
    ({ height }) => height === 2,
  );
  expect((await chainOf(2)).height).toBe(1);
  const { agreed, reorganised } = await cairn.json<Healed>('heal');
  expect(agreed).toBe(true);
  expect(reorganised.map(({ node }) => node)).toEqual([1, 2]);
});

test('sides of equal work stay apart until the next block, and it is said', async () => {
  await cairn.json('up', '-d', '--mine', 'off', '--nodes', '2');
  await cairn.json('split', '1', '2');
  await cairn.json('mine', '1', '--node', '1');
  await cairn.json('mine', '1', '--node', '2');
  const { stderr } = await cairn.run('heal');
  expect(stderr).toContain('equal work');
  const { blocks } = await cairn.json<{ blocks: readonly { id: string }[] }>('mine', '--node', '1');
  await eventually(
    () => chainOf(2),
    ({ tip }) => tip === blocks[0]!.id,
  );
});

test('a split that makes no sense is wrong usage', async () => {
  await cairn.json('up', '-d', '--mine', 'off');
  const refused = async (...groups: readonly string[]) => {
    const { exit, code } = await cairn.failure('split', ...groups);
    return [exit, code];
  };
  expect(await refused('1,2,3')).toEqual([2, 'split-wrong']);
  expect(await refused('1', '1,2')).toEqual([2, 'split-wrong']);
  expect(await refused('1', '7')).toEqual([2, 'node-unknown']);
});

/** How long after the one node the other stood on a block that the first mined. */
async function travelMs(from: number, to: number): Promise<number> {
  const { blocks } = await cairn.json<{ blocks: readonly { id: string }[] }>(
    ...['mine', '--node', String(from)],
  );
  const { id } = blocks[0]!;
  await eventually(
    () => chainOf(to),
    ({ tip }) => tip === id,
  );
  const arrival = async (node: number): Promise<number> => {
    const { events } = await cairn.json<{
      events: readonly { timeMs: number; data: { id: string } }[];
    }>('rpc', 'events.list', 'topics=tip', '--node', String(node));
    return events.find(({ data }) => data.id === id)!.timeMs;
  };
  return (await arrival(to)) - (await arrival(from));
}

test('a slow link is slow in both directions, over a restart, until it is off', async () => {
  await cairn.json('up', '-d', '--mine', 'off', '--nodes', '2');
  const delayed = await cairn.run('delay', '2-1', '400ms');
  expect(delayed.stdout).toBe('link 1-2: 400 ms in each direction\n');
  expect((await cairn.run('ps')).stdout).toContain('slow 1-2 by 400 ms');
  expect(await travelMs(1, 2)).toBeGreaterThanOrEqual(395);
  await cairn.json('restart', '2');
  await eventually(
    () => chainOf(2),
    ({ peers }) => peers === 1,
  );
  expect(await travelMs(2, 1)).toBeGreaterThanOrEqual(395);
  expect(await cairn.json('delay', '1-2', 'off')).toEqual({ link: [1, 2], delayMs: 0 });
  expect(await travelMs(1, 2)).toBeLessThan(395);
  const { networks } = await cairn.json<{ networks: readonly object[] }>('ps');
  expect(networks).toMatchObject([{ delays: [] }]);

  expect(await cairn.failure('delay', '1-3', '1s')).toMatchObject({
    exit: 2,
    code: 'link-unknown',
  });
  expect(await cairn.failure('delay', '1-2', '1h')).toMatchObject({ exit: 2, code: 'usage' });
});
