/**
 * Twenty times kill -9 while payments flow: a node comes back by `start` alone, with every tip that
 * it told and every payment that it accepted. And `down` and `up` change nothing.
 */
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StatusJson } from '../../src/api/schemas/results.ts';
import { Cairn, eventually } from '../kit/cairn.ts';
import type { LiveNode } from '../kit/e2e-network.ts';
import { isConfirmed, startNetwork, untilAgreed, untilEachSays } from '../kit/e2e-network.ts';
import type { SignedPayment } from '../kit/e2e-payer.ts';
import { Payer } from '../kit/e2e-payer.ts';

const KILLS_PER_PHASE = 5;
const BRANCH_BLOCKS = 3;

let cairn: Cairn;
let nodes: readonly LiveNode[];
/** Never killed: payments come in through it. */
let keeper: LiveNode;
let victim: LiveNode;
let alice: Payer;
let bob: Payer;
/** Pays through the victim. */
let carol: Payer;
let flow: Flow;

/** What a node has said when it was killed. */
interface Kill {
  readonly told: StatusJson;
  readonly accepted: readonly SignedPayment[];
}

beforeAll(async () => {
  cairn = new Cairn();
  const network = await startNetwork(cairn, '--mine', 'off');
  nodes = network.nodes;
  [keeper, , victim] = nodes as [LiveNode, LiveNode, LiveNode];
  const payers = ['alice', 'bob', 'carol'].map((name) => Payer.of(name, network.networkId));
  [alice, bob, carol] = payers as [Payer, Payer, Payer];
  flow = startFlow();
});
afterAll(async () => {
  await flow.stop();
  await cairn.close();
});

const PHASES: Readonly<Record<string, (round: number) => Promise<Kill>>> = {
  'while it mines': async () => {
    await mineContinuously(victim);
    await untilNewTip(victim);
    const accepted = await payThroughVictim();
    return { told: await tellAndKill(), accepted };
  },

  'while it receives': async () => {
    await mineContinuously(keeper);
    await untilNewTip(victim);
    const told = await untilNewTip(victim);
    kill(told);
    await keeper.call('mining.auto', { mode: 'off' });
    return { told, accepted: [] };
  },

  'while it reorganises': async (round) => {
    const left = await cutVictimOff();
    const accepted = await payThroughVictim();
    await victim.mine(BRANCH_BLOCKS, bob.addressText);
    await keeper.mine(BRANCH_BLOCKS + 1, bob.addressText);
    const { tip } = await victim.status();
    await Promise.all(nodes.map((node) => node.call('lab.cut', { endpoints: [] })));
    // Before, within or just after: what it said last is what counts.
    const told = await eventually(
      () => victim.status(),
      (now) => (round % 2 === 0 ? now.peers > 0 : now.tip !== tip || now.reorganising),
    );
    kill(told);
    expect(told.height).toBeGreaterThan(left.height);
    return { told, accepted };
  },

  'while it starts': async (round) => {
    const accepted = await payThroughVictim();
    const told = await tellAndKill();
    // As soon as it runs, when it opens its store, when it is about to answer.
    const sign = [undefined, 'store/LOG', 'cookie'][round % 3];
    const stamp = (): string => (sign === undefined ? '' : stampOf(join(victim.datadir, sign)));
    const old = stamp();
    const start = cairn.spawn('start', String(victim.id));
    const ended = once(start, 'exit');
    const pid = await untilSpawned(told.pid);
    await eventually(
      async () => stamp(),
      (now) => sign === undefined || now !== old,
    );
    process.kill(pid, 'SIGKILL');
    await ended;
    return { told, accepted };
  },
};

test.each(Object.keys(PHASES))('five times kill -9 %s', async (phase) => {
  for (let round = 0; round < KILLS_PER_PHASE; round++) {
    const { told, accepted } = await PHASES[phase]!(round);
    const startedMs = performance.now();
    await cairn.json('start', String(victim.id));
    const elapsedMs = performance.now() - startedMs;
    const back = await expectNothingLost(told, accepted);
    const statuses = await untilAgreed(nodes);
    expect(new Set(statuses.map(({ accountsRoot }) => accountsRoot)).size).toBe(1);
    const said = `told ${told.tip.slice(0, 8)} at ${told.height}, came back at ${back.height}`;
    console.log(`killed ${phase}: ${said}   (${(elapsedMs / 1000).toFixed(2)} s)`);
  }
});

test('every payment that was accepted meanwhile is in a block in the end', async () => {
  const payments = await flow.stop();
  expect(payments.length).toBeGreaterThan(KILLS_PER_PHASE);
  await eventually(
    async () => {
      await keeper.mine(1, bob.addressText);
      return keeper.status();
    },
    ({ mempool }) => mempool.count === 0,
  );
  await untilAgreed(nodes);
  await untilEachSays(nodes, payments, isConfirmed);
});

test('down, then up: the same tips and the same mempools', async () => {
  const pools = (): Promise<readonly string[][]> =>
    Promise.all(
      nodes.map(async (node) => {
        const { transactions } = await node.call('mempool.get', { limit: 1000 });
        return transactions.map(({ id, state }) => `${id} ${state}`).sort();
      }),
    );
  const payments = [alice.pay(bob, '1'), alice.pay(bob, '2')];
  await keeper.submit(payments);
  // One waits for a nonce that is missing.
  alice.nonce += 1;
  await victim.submit([alice.pay(bob, '3')]);
  const before = await eventually(pools, (all) => all.every((ids) => ids.length >= 2));
  expect(before.flat().filter((line) => line.endsWith('waiting')).length).toBeGreaterThan(0);
  const [tips] = [(await untilAgreed(nodes)).map(({ tip }) => tip)];
  await cairn.json('down');
  await cairn.json('up', '-d', '--mine', 'off');
  expect((await untilAgreed(nodes)).map(({ tip }) => tip)).toEqual(tips);
  expect(await pools()).toEqual(before);
});

interface Flow {
  /** Ends it; answers every payment that was accepted. */
  stop(): Promise<readonly SignedPayment[]>;
}

/** Alice pays Bob without end. */
function startFlow(): Flow {
  const accepted: SignedPayment[] = [];
  let running = true;
  const done = (async () => {
    while (running) {
      const payments = Array.from({ length: 3 }, () => alice.pay(bob, '0.001'));
      await keeper.submit(payments);
      accepted.push(...payments);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    async stop() {
      running = false;
      await done;
      return accepted;
    },
  };
}

async function mineContinuously(node: LiveNode): Promise<void> {
  await node.call('mining.auto', { mode: 'continuous', to: bob.addressText });
}

async function untilNewTip(node: LiveNode): Promise<StatusJson> {
  const { tip } = await node.status();
  return eventually(
    () => node.status(),
    (now) => now.tip !== tip,
  );
}

async function payThroughVictim(): Promise<readonly SignedPayment[]> {
  const { pending } = await victim.call('account.get', { address: carol.addressText });
  carol.nonce = pending.nonce;
  const payments = [carol.pay(bob, '0.01'), carol.pay(bob, '0.02')];
  await victim.submit(payments);
  return payments;
}

async function tellAndKill(): Promise<StatusJson> {
  const told = await victim.status();
  kill(told);
  return told;
}

function kill({ pid }: StatusJson): void {
  process.kill(pid, 'SIGKILL');
}

/** Answers the victim's tip when it was alone. */
async function cutVictimOff(): Promise<StatusJson> {
  const endpoints = await Promise.all(
    nodes.map(async (node) => new URL((await node.status()).p2p!).host),
  );
  const last = endpoints.length - 1;
  await Promise.all(
    nodes.map((node, index) => {
      const apart = index === last ? endpoints.slice(0, last) : endpoints.slice(last);
      return node.call('lab.cut', { endpoints: apart });
    }),
  );
  return eventually(
    () => victim.status(),
    ({ peers }) => peers === 0,
  );
}

/** Waits until `start` has made the victim's next process; answers its id. */
async function untilSpawned(old: number): Promise<number> {
  const path = join(cairn.home, 'networks', 'default', 'network.json');
  const record = await eventually(
    async () => {
      const { nodes: all } = JSON.parse(readFileSync(path, 'utf8')) as {
        readonly nodes: readonly { readonly process: { readonly pid: number } | null }[];
      };
      return all[victim.id - 1]!.process?.pid;
    },
    (pid) => pid !== undefined && pid !== old,
  );
  return record!;
}

/** Changes when a file is made anew. */
function stampOf(path: string): string {
  if (!existsSync(path)) return 'none';
  const { ino, mtimeMs } = statSync(path);
  return `${ino} ${mtimeMs}`;
}

async function expectNothingLost(
  told: StatusJson,
  accepted: readonly SignedPayment[],
): Promise<StatusJson> {
  const block = await victim.call('block.get', { block: told.tip });
  const now = await victim.status();
  const gained = BigInt(now.work) - BigInt(told.work);
  // Its told tip, or a heavier chain that it reorganised to: the block left stands beside it.
  if (block.confirmations === 0) expect(gained).toBeGreaterThan(0n);
  else expect(gained).toBeGreaterThanOrEqual(0n);
  const fates = await victim.transactions(accepted);
  expect(fates.map(({ status }) => status)).not.toContain('unknown');
  return now;
}
