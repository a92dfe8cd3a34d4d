/**
 * A flipped bit or a cut in any file of a stopped node's store: the node says what is damaged and
 * which command helps, or answers as if nothing had been; never wrongly. The command then helps.
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
import type { LongChain } from '../kit/long-chain.ts';
import { buildLongChain, submitAll } from '../kit/long-chain.ts';

const DAMAGES = Number(process.env['CAIRN_DAMAGES'] ?? 5);
const LOG = process.env['CAIRN_DAMAGE_LOG'];
const HOW = { timeout: 60_000 + 30_000 * DAMAGES };
const BLOCKS = 30;
const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

let chain: LongChain;
let node: NodeProcess;
let template: string;
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
  await node.stop();
  template = join(chain.world.folder, 'template');
  await cp(node.datadir, template, { recursive: true });
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
  const names = (await readdir(folder)).filter((name) => name !== 'LOCK').sort();
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

test('damage is named, or does no harm, and reindex repairs it', HOW, async () => {
  const counts = { named: 0, right: 0, repaired: 0 };
  for (let trial = 0; trial < DAMAGES; trial++) {
    await rm(node.datadir, { recursive: true, force: true });
    await cp(template, node.datadir, { recursive: true });
    const what = await damage(trial);
    const started = await node.start().then(
      () => undefined,
      (error: unknown) => String(error),
    );
    if (started === undefined) {
      expect(await askAll(), what).toEqual(expected);
      counts.right += 1;
      await node.stop();
    } else {
      expect(started, what).toContain('code store-damaged');
      expect(started, what).toContain(`cairn node reindex --datadir ${node.datadir}`);
      const verified = await cairn('node', 'verify', '--datadir', node.datadir);
      expect(verified, what).toMatchObject({ code: 7 });
      counts.named += 1;
      expect(await cairn('node', 'reindex', '--datadir', node.datadir), what).toMatchObject({
        code: 0,
      });
      await node.start();
      const { height } = await node.status();
      if (height === BLOCKS) {
        expect(await askAll(), what).toEqual(expected);
        counts.repaired += 1;
      }
      await node.stop();
    }
    if (LOG !== undefined)
      appendFileSync(
        LOG,
        `${JSON.stringify({ trial, what, started: started === undefined ? 'right' : 'named' })}\n`,
      );
  }
  if (LOG !== undefined) appendFileSync(LOG, `${JSON.stringify(counts)}\n`);
  expect(counts.named).toBeGreaterThan(0);
  expect(counts.repaired).toBeGreaterThan(0);
});
