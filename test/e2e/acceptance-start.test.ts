/** The first minute: three connected nodes from `npm start`, and a payment in two commands. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Cairn, eventually, isProcessRunning, waitForText } from '../kit/cairn.ts';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
/** What is promised on a machine with two cores and nothing else to do. */
const PROMISED_MS = 3000;
/** On a busy one: this many times what as many idle Node.js processes take to start and end. */
const IDLE_STARTS = 12;
const PROCESSES = 5;

let cairn: Cairn;
let before: number;
beforeEach(async () => {
  cairn = new Cairn();
  before = await measureIdleStarts();
});
afterEach(() => cairn.close());

test('npm start prints three connected nodes within 3 s', async () => {
  const startedMs = performance.now();
  // A group of its own, as a terminal makes one: its signals reach npm, its shell and the command.
  const npm = spawn('npm', ['start', '--', '--port-base', String(cairn.portBase)], {
    cwd: TOP,
    env: { ...process.env, CAIRN_HOME: cairn.home },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const screen = await waitForText(npm.stdout, 'Explorer');
  const elapsedMs = performance.now() - startedMs;
  const rows = [...screen.matchAll(/^ +([123]) +http:\S+ +ws:\S+ +(\d+) +(\d+)$/gm)];
  expect(rows.map(([, id, height, peers]) => [id, height, peers].map(Number))).toEqual([
    ...[
      [1, 0, 2],
      [2, 0, 2],
      [3, 0, 2],
    ],
  ]);
  const { networks } = await cairn.json<{
    networks: readonly { readonly nodes: readonly { readonly pid: number }[] }[];
  }>('ps');
  await interrupt(npm);
  expect(networks[0]!.nodes.map(({ pid }) => isProcessRunning(pid))).toEqual([false, false, false]);
  await expectWithin('npm start', elapsedMs);
});

test('a network and a confirmed payment in two commands within 3 s', async () => {
  const up = await cairn.run('up', '-d', '--mine', 'on-tx');
  const send = await cairn.run('send', 'bob', '5', '--from', 'alice', '--wait', '1');
  expect([up.code, send.code]).toEqual([0, 0]);
  expect(send.stdout).toMatch(/^sent 5\.0 from alice to bob .*\nconfirmed in block 1 /);
  await eventually(
    () => cairn.json<{ balance: string }>('account', 'bob', '--node', '3'),
    ({ balance }) => balance === '1005',
  );
  await expectWithin('up and send', up.elapsedMs + send.elapsedMs);
});

test('ps names the data folder, and peers shows where peers stand now', async () => {
  await cairn.json('up', '-d', '--nodes', '2', '--mine', 'off');
  expect((await cairn.run('ps')).stdout).toContain(`data ${join(cairn.home, 'networks')}`);
  await cairn.json('mine', '2', '--node', '1');
  const { stdout } = await eventually(
    () => cairn.run('peers', '--node', '1'),
    (run) => run.stdout.includes('inbound    2 '),
  );
  expect(stdout).toMatch(/inbound +2 +\d+\.\d +\d+ +\d+ +cairn\/0\.1\.0\n$/);
});

async function interrupt(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  process.kill(-child.pid!, 'SIGINT');
  await ended;
}

async function expectWithin(what: string, elapsedMs: number): Promise<void> {
  const idleMs = Math.max(before, await measureIdleStarts());
  const shown = [elapsedMs, idleMs].map((ms) => `${(ms / 1000).toFixed(2)} s`);
  console.log(`${what}: ${shown[0]}; ${PROCESSES} idle processes at once: ${shown[1]}`);
  expect(elapsedMs).toBeLessThan(Math.max(PROMISED_MS, IDLE_STARTS * idleMs));
}

/** As many processes as `npm start` makes, doing nothing, in milliseconds. */
async function measureIdleStarts(): Promise<number> {
  const startedMs = performance.now();
  await Promise.all(
    Array.from({ length: PROCESSES }, () => once(spawn(process.execPath, ['-e', '0']), 'exit')),
  );
  return performance.now() - startedMs;
}
