/** The local network as a person runs it: up, ps, stop, kill, start, down, and what survives. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Cairn, eventually, isProcessRunning, waitForText } from '../kit/cairn.ts';

interface Up {
  readonly network: string;
  readonly networkId: string;
  readonly explorer: string;
  readonly nodes: readonly UpNode[];
  readonly accounts: readonly { readonly name: string; readonly balance: string }[];
}

interface UpNode {
  readonly id: number;
  readonly rpc: string;
  readonly p2p: string;
  readonly height: number;
  readonly peers: number;
  readonly pid: number;
  readonly datadir: string;
}

interface Ps {
  readonly networks: readonly {
    readonly name: string;
    readonly nodes: readonly {
      readonly id: number;
      readonly state: string;
      readonly height: number | null;
      readonly tip: string | null;
      readonly peers: number;
      readonly pid: number | null;
    }[];
  }[];
}

let cairn: Cairn;
beforeEach(() => {
  cairn = new Cairn();
});
afterEach(() => cairn.close());

const states = async (): Promise<readonly (string | undefined)[]> => {
  const { networks } = await cairn.json<Ps>('ps', '-a');
  return networks[0]!.nodes.map(({ state }) => state);
};

describe('up and down', () => {
  test('three connected nodes in one command, gone with another, state kept', async () => {
    const first = await cairn.json<Up>('up', '-d', '--mine', 'off');
    expect(first.network).toBe('default');
    expect(first.nodes.map(({ id, peers, height }) => [id, peers, height])).toEqual([
      ...[
        [1, 2, 0],
        [2, 2, 0],
        [3, 2, 0],
      ],
    ]);
    const base = Number(new URL(first.explorer).port);
    expect(first.nodes[1]).toMatchObject({
      rpc: `http://127.0.0.1:${base + 2}`,
      p2p: `ws://127.0.0.1:${base + 102}`,
    });
    expect(first.accounts.map(({ name, balance }) => `${name} ${balance}`)).toEqual([
      ...['alice 1000', 'bob 1000', 'carol 1000', 'dave 1000', 'erin 1000', 'faucet 1000000'],
    ]);
    expect(statSync(join(first.nodes[0]!.datadir, 'cookie')).mode & 0o777).toBe(0o600);

    const { blocks } = await cairn.json<{ blocks: readonly { id: string }[] }>('mine', '2');
    const tip = blocks[1]!.id;
    const { stopped } = await cairn.json<{ stopped: readonly number[] }>('down');
    expect(stopped).toEqual([1, 2, 3]);
    expect(first.nodes.map(({ pid }) => isProcessRunning(pid))).toEqual([false, false, false]);
    expect((await cairn.json<Ps>('ps')).networks).toEqual([]);

    const second = await cairn.json<Up>('up', '-d', '--mine', 'off');
    expect(second.networkId).toBe(first.networkId);
    const { networks } = await cairn.json<Ps>('ps');
    expect(networks[0]!.nodes.map((node) => node.tip)).toEqual([tip, tip, tip]);
  });

  test('a second up changes nothing, and --fresh needs a stopped network', async () => {
    const first = await cairn.json<Up>('up', '-d', '--nodes', '1', '--mine', 'off');
    const again = await cairn.run('up', '-d', '--nodes', '3');
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toContain('running already');
    expect((await cairn.json<Ps>('ps')).networks[0]!.nodes.map(({ pid }) => pid)).toEqual([
      first.nodes[0]!.pid,
    ]);
    expect(await cairn.failure('up', '-d', '--fresh')).toMatchObject({
      ...{ exit: 1, code: 'network-running' },
    });
    await cairn.run('down');
    const fresh = await cairn.json<Up>('up', '-d', '--fresh', '--nodes', '1', '--mine', 'off');
    expect(fresh.networkId).not.toBe(first.networkId);
    expect(await cairn.run('down', '--wipe')).toMatchObject({ code: 0 });
    expect(existsSync(join(cairn.home, 'networks', 'default'))).toBe(false);
  });

  test('two networks take two blocks of ports, and it is said', async () => {
    const one = await cairn.json<Up>('up', '-d', '--nodes', '1', '--mine', 'off', '-p', 'one');
    const taken = new URL(one.explorer).port;
    const two = await cairn.run(
      ...['up', '-d', '--nodes', '1', '--mine', 'off', '-p', 'two', '--port-base', taken],
    );
    expect(two.code).toBe(0);
    expect(two.stderr).toContain(`ports from ${taken} are taken`);
    const { networks } = await cairn.json<Ps>('ps');
    expect(networks.map(({ name }) => name)).toEqual(['one', 'two']);
  });

  test('in the foreground a signal ends the nodes too', async () => {
    const child = cairn.spawn('up', '--nodes', '2', '--mine', 'off');
    const stderr = waitForText(child.stderr, 'Ctrl-C stops');
    await waitForText(child.stdout, 'Explorer');
    await stderr;
    const { networks } = await cairn.json<Ps>('ps');
    const pids = networks[0]!.nodes.map(({ pid }) => pid!);
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(130);
    expect(pids.map(isProcessRunning)).toEqual([false, false]);
  });

  test('in the foreground its sudden death ends all nodes, those started later too', async () => {
    const child = cairn.spawn('up', '--nodes', '2', '--mine', 'off');
    await waitForText(child.stdout, 'Explorer');
    await cairn.run('kill', '2');
    await cairn.run('start', '2');
    const { networks } = await cairn.json<Ps>('ps');
    const pids = networks[0]!.nodes.map(({ pid }) => pid!);
    expect(pids.map(isProcessRunning)).toEqual([true, true]);
    child.kill('SIGKILL');
    await eventually(
      async () => pids.map(isProcessRunning),
      (running) => !running.includes(true),
    );
  });
});

describe('single nodes', () => {
  test('stop, kill and start tell what changed; start may be repeated', async () => {
    await cairn.json<Up>('up', '-d', '--mine', 'off');
    const { blocks } = await cairn.json<{ blocks: readonly { id: string }[] }>('mine', '3');
    expect((await cairn.run('kill', '2')).stdout).toContain('node 2 killed');
    expect(await states()).toEqual(['running', 'stopped', 'running']);
    expect(await cairn.failure('chain', '--node', '2')).toMatchObject({
      ...{ exit: 3, code: 'node-stopped', hint: 'cairn start 2' },
    });
    const started = await cairn.run('start', '2');
    expect(started).toMatchObject({ code: 0 });
    expect(started.stdout).toContain('node 2 started at height 3');
    const { tip } = await cairn.json<{ tip: string }>('chain', '--node', '2');
    expect(tip).toBe(blocks[2]!.id);
    expect((await cairn.run('start', '2')).stdout).toContain('running already');
    expect((await cairn.run('stop', '1')).stdout).toContain('node 1 stopped');
    // Without --node: the lowest-numbered running node.
    expect((await cairn.run('chain')).stdout).toContain('node 2');
    expect((await cairn.run('restart', '1')).code).toBe(0);
    expect(await states()).toEqual(['running', 'running', 'running']);
    expect(await cairn.failure('start', '9')).toMatchObject({ exit: 2, code: 'node-unknown' });
  });

  test('the nodes outlive the lab process; the next up adopts them', async () => {
    const { nodes } = await cairn.json<Up>('up', '-d', '--nodes', '2', '--mine', 'off');
    const record = join(cairn.home, 'networks', 'default', 'network.json');
    const { lab } = JSON.parse(await readText(record)) as { lab: { process: { pid: number } } };
    process.kill(lab.process.pid, 'SIGKILL');
    await eventually(
      async () => isProcessRunning(lab.process.pid),
      (running) => !running,
    );
    expect(nodes.map(({ pid }) => isProcessRunning(pid))).toEqual([true, true]);
    await cairn.run('kill', '2');
    const up = await cairn.run('up', '-d');
    expect(up.stderr).toContain('took over running nodes: 1');
    const { networks } = await cairn.json<Ps>('ps');
    expect(networks[0]!.nodes[0]!.pid).toBe(nodes[0]!.pid);
    expect(await states()).toEqual(['running', 'running']);
  });

  test('logs show what nodes printed', async () => {
    await cairn.json<Up>('up', '-d', '--nodes', '2', '--mine', 'off');
    const { code, stdout } = await cairn.run('logs', '2');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^node 2 \| /);
    expect(stdout).not.toContain('node 1 |');
  });
});

async function readText(path: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(path, 'utf8');
}
