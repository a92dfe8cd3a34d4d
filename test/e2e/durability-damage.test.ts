/**
 * A flipped bit or a cut in any file of a node's store: the node says what is damaged and which
 * command helps, or answers as if nothing had been; never wrongly. The command then helps. After a
 * kill -9 the end of a log may be gone as if the crash had torn it: then the node stands at an
 * older block, and syncs.
 *
 * CAIRN_DAMAGES=500 is the full run (docs/operations.md states what it gave).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { cp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { NodeProcess } from '../attacks/kit/node-process.ts';
import { until } from '../attacks/kit/until.ts';
import type { LongChain } from '../kit/long-chain.ts';
import { buildLongChain, submitAll } from '../kit/long-chain.ts';

const DAMAGES = Number(process.env['CAIRN_DAMAGES'] ?? 3);
const LOG = process.env['CAIRN_DAMAGE_LOG'];
const HOW = { timeout: 60_000 + 30_000 * DAMAGES };
const BLOCKS = 30;
const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

let chain: LongChain;
let node: NodeProcess;
/** Has the whole chain all the time. */
let reference: NodeProcess;
/** Folders of a node that was stopped, and of one that was killed. */
const templates = { stopped: '', killed: '' };
let expected: unknown;

beforeAll(async () => {
  chain = buildLongChain({ blocks: BLOCKS, transfers: 3 });
  node = await NodeProcess.start({ world: chain.world });
  await submitAll(node, chain.main.slice(0, BLOCKS / 2));
  // A restart puts the first half into tables; the second stays in the log.
  await node.stop();
  await node.start();
  await submitAll(node, chain.main.slice(BLOCKS / 2));
  expected = await askAll();
  templates.killed = join(chain.world.folder, 'killed');
  await node.kill();
  await cp(node.datadir, templates.killed, { recursive: true });
  await node.start();
  await node.stop();
  templates.stopped = join(chain.world.folder, 'stopped');
  await cp(node.datadir, templates.stopped, { recursive: true });
  reference = await NodeProcess.start({ world: chain.world });
  await submitAll(reference, chain.main);
});

/** Everything that the ledger answers. */
async function askAll(): Promise<unknown> {
  const { tip, height, accountsRoot } = await node.status();
  const calls: [string, object][] = [
    ...chain.main.map(({ id }): [string, object] => ['block.get', { block: id }]),
    ...chain.main.flatMap(({ transactions }) =>
      transactions.map((id): [string, object] => ['tx.get', { id }]),
    ),
  ];
  const answers = await Promise.all(calls.map(([method, params]) => node.ask(method, params)));
  return { tip, height, accountsRoot, answers };
}

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

async function cairn(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}

/** Damages one file of the store; answers what was done. */
async function damage(trial: number): Promise<string> {
  const folder = join(node.datadir, 'store');
  // LOCK is empty, LOG is LevelDB's own diary: what stands there is never read.
  const names = (await readdir(folder)).filter((name) => !/^LO[CG]/.test(name)).sort();
  const sizes = await Promise.all(
    names.map(async (name) => (await readFile(join(folder, name))).length),
  );
  // Files take turns, so that small ones are hit too; places and bits are spread over each.
  const index = trial % names.length;
  const [name, size] = [names[index]!, sizes[index]!];
  const at = Math.floor(size * ((trial * 0.618_034) % 1));
  const path = join(folder, name);
  if (trial % 5 === 4) {
    await truncate(path, at);
    return `${name} cut at ${at} of ${size}`;
  }
  if (size === 0) return `${name} is empty`;
  const content = await readFile(path);
  content[at]! ^= 1 << (trial % 8);
  await writeFile(path, content);
  return `${name} bit ${trial % 8} of byte ${at} of ${size}`;
}

/** Whether the node stands at an older block of the chain, and goes on from there. */
async function syncsFromOlder(): Promise<boolean> {
  const { height, tip } = await node.status();
  if (height >= BLOCKS || tip !== (chain.main[height - 1]?.id ?? tip)) return false;
  await node.call('peers.add', { url: reference.url });
  const { id } = chain.main.at(-1)!;
  await until('the sync', async () => (await node.status()).tip === id, 60_000);
  return true;
}

type Outcome = 'right' | 'older' | 'named';

/** Starts on damaged data and holds what comes of it against what may. */
async function judge(what: string, isKilled: boolean): Promise<Outcome> {
  const failure = await node.start().then(
    () => undefined,
    (error: unknown) => String(error),
  );
  if (failure === undefined) {
    const isOlder = isKilled && (await syncsFromOlder());
    expect(await askAll(), what).toEqual(expected);
    await node.stop();
    return isOlder ? 'older' : 'right';
  }
  expect(failure, what).toContain('code store-damaged');
  expect(failure, what).toContain(`cairn node reindex --datadir ${node.datadir}`);
  const verified = await cairn('node', 'verify', '--datadir', node.datadir);
  expect(verified, what).toMatchObject({ code: 7 });
  const rebuilt = await cairn('node', 'reindex', '--datadir', node.datadir);
  expect(rebuilt, what).toMatchObject({ code: 0 });
  await node.start();
  await syncsFromOlder();
  expect(await askAll(), what).toEqual(expected);
  await node.stop();
  return 'named';
}

test('damage is named, or does no harm, and reindex or a sync repairs it', HOW, async () => {
  const counts = { right: 0, older: 0, named: 0 };
  for (let trial = 0; trial < DAMAGES; trial++) {
    const isKilled = trial % 3 === 2;
    await rm(node.datadir, { recursive: true, force: true });
    await cp(templates[isKilled ? 'killed' : 'stopped'], node.datadir, { recursive: true });
    const what = `${isKilled ? 'killed' : 'stopped'}: ${await damage(trial)}`;
    const outcome = await judge(what, isKilled);
    counts[outcome] += 1;
    if (LOG !== undefined) appendFileSync(LOG, `${JSON.stringify({ trial, what, outcome })}\n`);
  }
  if (LOG !== undefined) appendFileSync(LOG, `${JSON.stringify(counts)}\n`);
  expect(counts.named).toBeGreaterThan(0);
});
