/**
 * Kill -9 in the middle of everything: a write, a sync, a reorg, a start, a reindex. Every node
 * opens by itself, has every block that was acknowledged or told, and agrees with the others.
 *
 * CAIRN_KILLS=10 is the full run, 10 in each phase (docs/operations.md states what it gave).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NodeProcess } from '../attacks/kit/node-process.ts';
import { until } from '../attacks/kit/until.ts';
import type { LongChain } from '../kit/long-chain.ts';
import { buildLongChain, submitAll } from '../kit/long-chain.ts';

const KILLS = Number(process.env['CAIRN_KILLS'] ?? 1);
const TRIES_PER_KILL = 8;
const HOW = { timeout: 120_000 + 120_000 * KILLS };
const BLOCKS = 80;
const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

let chain: LongChain;
let reference: NodeProcess;
let victim: NodeProcess;
/** Stopped folders to begin from. */
const folders = { full: '', side: '' };
const log: object[] = [];

const tipId = (): string => chain.main[BLOCKS - 1]!.id;
const spread = (maxMs: number, round: number): number => maxMs * ((round * 0.618) % 1);

beforeAll(async () => {
  chain = buildLongChain({ blocks: BLOCKS, transfers: 3, side: BLOCKS / 2 });
  reference = await NodeProcess.start({ world: chain.world });
  await submitAll(reference, chain.main);
  victim = await NodeProcess.create({ world: chain.world, peers: [reference] });
  folders.full = join(chain.world.folder, 'full');
  folders.side = join(chain.world.folder, 'side');
  const lone = await NodeProcess.start({ world: chain.world });
  await submitAll(lone, chain.side);
  await lone.stop();
  await cp(lone.datadir, folders.side, { recursive: true });
  await rm(lone.datadir, { recursive: true });
  await lone.start();
  await submitAll(lone, chain.main);
  await lone.stop();
  await cp(lone.datadir, folders.full, { recursive: true });
});

afterAll(async () => {
  const path = process.env['CAIRN_KILL_LOG'];
  if (path !== undefined)
    await appendFile(path, log.map((line) => `${JSON.stringify(line)}\n`).join(''));
});

/** Begins the victim from a folder, or from nothing. */
async function reset(from?: string): Promise<void> {
  await rm(victim.datadir, { recursive: true, force: true });
  if (from !== undefined) await cp(from, victim.datadir, { recursive: true });
}

/** What `cairn node verify --deep` says of the victim's folder. */
async function verify(): Promise<{
  readonly deep: { readonly height: number; readonly blocks: number };
}> {
  const args = ['node', 'verify', '--deep', '--json', '--datadir', victim.datadir];
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  expect(await once(child, 'close')).toEqual([0, null]);
  return JSON.parse(text) as Awaited<ReturnType<typeof verify>>;
}

async function heightAt(node: NodeProcess, height: number): Promise<string | undefined> {
  const { result } = await node.ask('block.get', { block: height });
  return (result as { readonly id: string } | undefined)?.id;
}

/** Starts the victim with no repair, and waits until it is where the reference is. */
async function opensAndAgrees(told: {
  readonly height: number;
  readonly id: string;
}): Promise<void> {
  await victim.start();
  const { height } = await victim.status();
  expect(height).toBeGreaterThanOrEqual(told.height);
  await until('the same tip', async () => (await victim.status()).tip === tipId(), 60_000);
  expect((await victim.status()).accountsRoot).toBe((await reference.status()).accountsRoot);
  if (told.height > 0 && told.id !== chain.side[told.height - 1]?.id) {
    expect(await heightAt(victim, told.height)).toBe(told.id);
  }
  await victim.kill();
}

/** Tries until the kills asked for have fallen into the phase. */
async function killInPhase(
  phase: string,
  attempt: (round: number) => Promise<{
    readonly inPhase: boolean;
    readonly told: { readonly height: number; readonly id: string };
  }>,
): Promise<void> {
  let hits = 0;
  for (let round = 0; hits < KILLS; round++) {
    expect(round, `${phase}: ${hits} of ${round} kills fell into it`).toBeLessThan(
      TRIES_PER_KILL * KILLS,
    );
    const { inPhase, told } = await attempt(round);
    log.push({ phase, round, inPhase, told: told.height, at: new Date().toISOString() });
    if (inPhase) hits += 1;
    await opensAndAgrees(told).catch(async (error: unknown) => {
      const lines = readFileSync(`${victim.datadir}.log`, 'utf8').trimEnd().split('\n');
      await victim.kill();
      throw new Error([String(error), victim.log, ...lines.slice(-20)].join('\n'));
    });
  }
}

const NOTHING = { height: 0, id: '' };

test('in the middle of writing blocks', HOW, async () => {
  await killInPhase('write', async (round) => {
    await reset();
    const alone = victim;
    const node = await NodeProcess.start({ world: chain.world });
    let told = NOTHING;
    let open = 0;
    const submitting = (async () => {
      for (const block of chain.main) {
        open += 1;
        await node.submitBlock(block);
        open -= 1;
        told = block;
      }
    })().catch(() => undefined);
    await until('some blocks', () => told.height > 5 + (round % 20));
    await delay(spread(12, round));
    const inPhase = open > 0;
    await node.kill();
    await submitting;
    await cp(node.datadir, alone.datadir, { recursive: true });
    return { inPhase, told };
  });
});

test('in the middle of a sync', HOW, async () => {
  await killInPhase('sync', async (round) => {
    await reset();
    await victim.start();
    let told = NOTHING;
    await until('a part of the sync', async () => {
      const { height, tip } = await victim.status();
      told = { height, id: tip };
      return height > 1 + ((round * 7) % 40);
    });
    await victim.kill();
    return { inPhase: told.height < BLOCKS, told };
  });
});

test('in the middle of a reorg', HOW, async () => {
  await killInPhase('reorg', async (round) => {
    await reset(folders.side);
    await victim.start();
    const tell = async (): Promise<typeof told> => {
      const { height, tip, syncing } = await victim.status();
      return { height, id: tip, isSyncing: syncing !== null };
    };
    let told = { ...NOTHING, isSyncing: false };
    // Blocks come, and with the first that is heavier than all of the side the reorg begins.
    await until('the sync', async () => {
      told = await tell();
      return told.isSyncing || told.id === tipId();
    });
    await delay(spread(80, round));
    await victim.kill();
    // The ledger still stands on the side branch, and blocks of the heavier one are there.
    const { deep } = await verify();
    const inPhase = deep.height === chain.side.length && deep.blocks > chain.side.length;
    return { inPhase, told };
  });
});

test('while it starts', HOW, async () => {
  const told = chain.main.at(-1)!;
  await killInPhase('start', async (round) => {
    await reset(folders.full);
    let answered = false;
    const starting = victim.start().then(
      () => (answered = true),
      () => undefined,
    );
    await delay(60 + spread(500, round));
    const inPhase = !answered;
    await victim.kill();
    await starting;
    return { inPhase, told };
  });
});

test('while it reindexes', HOW, async () => {
  const told = chain.main.at(-1)!;
  await killInPhase('reindex', async (round) => {
    await reset(folders.full);
    const args = ['node', 'reindex', '--datadir', victim.datadir];
    const child = spawn(process.execPath, [program, ...args], { stdio: 'ignore' });
    const exited = once(child, 'exit');
    const old = join(victim.datadir, 'store.old');
    await until('the rebuild', () => existsSync(old));
    await delay(spread(250, round));
    child.kill('SIGKILL');
    await exited;
    return { inPhase: existsSync(old), told };
  });
});
