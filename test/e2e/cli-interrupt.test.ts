/** Ctrl-C on real processes: the first ends in order and says so, the second at once. */
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cairn, eventually, isProcessRunning, waitForText } from '../kit/cairn.ts';

interface Mined {
  readonly blocks: readonly { readonly height: number }[];
}

interface Networks {
  readonly networks: readonly {
    readonly name: string;
    readonly nodes: readonly { readonly pid: number | null }[];
  }[];
}

let cairn: Cairn;
beforeAll(async () => {
  cairn = new Cairn();
  await cairn.json('up', '-d', '--mine', 'off', '--nodes', '1');
});
afterAll(() => cairn.close());

/** A command that is interrupted once something has happened. */
async function interrupted(ready: () => Promise<unknown>, ...args: readonly string[]) {
  const child = cairn.spawn(...args);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close') as Promise<[number | null]>;
  await ready();
  child.kill('SIGINT');
  const [code] = await ended;
  return { code, stdout, stderr };
}

const heightAbove = (height: number): Promise<unknown> =>
  eventually(
    () => cairn.json<{ height: number }>('chain'),
    (chain) => chain.height > height,
  );

test('mine stops the search of its node, and tells of what was mined', async () => {
  const { code, stdout, stderr } = await interrupted(() => heightAbove(1), 'mine', '100000');
  expect(code).toBe(130);
  expect(stderr).toContain('stopping in order; once more Ctrl-C ends it at once');
  expect(stdout).toMatch(/mined block 2 .*\n[^]*\d+ blocks, .* hashes, .*H\/s\n$/);
  const { height } = await cairn.json<{ height: number }>('chain');
  const asJson = await interrupted(() => heightAbove(height), 'mine', '100000', '--json');
  expect(asJson.code).toBe(130);
  const { blocks } = JSON.parse(asJson.stdout) as Mined;
  expect(blocks[0]!.height).toBe(height + 1);
  await eventually(
    () => cairn.json<{ mining: { hashRate: number } }>('rpc', 'node.status'),
    ({ mining }) => mining.hashRate === 0,
  );
});

test('send --wait leaves the payment, and says how to follow it', async () => {
  const untilSent = (): Promise<unknown> =>
    eventually(
      () => cairn.json<{ count: number }>('mempool'),
      ({ count }) => count === 1,
    );
  const args = ['send', 'bob', '1', '--from', 'alice', '--wait', '3'];
  const { code, stdout, stderr } = await interrupted(
    // It waits from when it has printed that it is sent; a moment later at most.
    async () => {
      await untilSent();
      await cairn.json('chain');
    },
    ...args,
  );
  expect(code).toBe(130);
  expect(stdout).toContain('sent 1.0 from alice to bob');
  expect(stderr).toMatch(/try: cairn tx show [0-9a-f]{64} +code interrupted\n$/);
});

test('up ends its nodes in order, and at a second Ctrl-C at once', async () => {
  const ports = String(cairn.portBase + 60);
  const up = cairn.spawn('up', '-p', 'front', '--nodes', '2', '--port-base', ports, '--mine=off');
  await waitForText(up.stderr, 'Ctrl-C stops');
  const { networks } = await cairn.json<Networks>('ps');
  const { nodes } = networks.find(({ name }) => name === 'front')!;
  const [free, frozen] = nodes.map(({ pid }) => pid!);
  // A node that cannot end keeps the orderly end waiting.
  process.kill(frozen!, 'SIGSTOP');
  const ended = once(up, 'exit') as Promise<[number | null]>;
  const said = waitForText(up.stderr, 'stopping network "front"; once more Ctrl-C');
  up.kill('SIGINT');
  await said;
  expect(isProcessRunning(up.pid!)).toBe(true);
  await eventually(
    async () => {
      up.kill('SIGINT');
      return up.exitCode;
    },
    (code) => code !== null,
    5000,
  );
  expect(await ended).toEqual([130, null]);
  process.kill(frozen!, 'SIGKILL');
  await eventually(
    async () => isProcessRunning(free!),
    (isRunning) => !isRunning,
  );
});
