/** `cairn doctor` on one network that is hurt and healed in turn. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cairn, eventually, waitForText } from '../kit/cairn.ts';

interface Diagnosis {
  readonly healthy: boolean;
  readonly findings: readonly {
    readonly code: string;
    readonly nodes: readonly (number | string)[];
    readonly message: string;
    readonly fix: string;
  }[];
}

let cairn: Cairn;
beforeAll(async () => {
  cairn = new Cairn();
  await cairn.json('up', '-d', '--mine', 'off');
});
afterAll(() => cairn.close());

const examine = async (...args: readonly string[]): Promise<Diagnosis> => {
  const { code, stdout } = await cairn.run('doctor', ...args, '--json');
  const diagnosis = JSON.parse(stdout) as Diagnosis;
  expect(code).toBe(diagnosis.healthy ? 0 : 1);
  return diagnosis;
};

/** Runs the command that a finding names. */
const fix = async (line: string): Promise<void> => {
  const [program, ...args] = line.split(' ');
  expect(program).toBe('cairn');
  await cairn.json(...args);
};

test('a healthy network is all well', async () => {
  await cairn.json('mine', '2');
  const { code, stdout } = await cairn.run('doctor');
  expect({ code, stdout }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(/^ {2}node 3 +running +2 +[0-9a-f]{8} +2 peers$/m);
  expect(stdout).toMatch(/ {2}all well\n$/);
});

test('a split is named with the height where the chains part, and heal fixes it', async () => {
  await cairn.json('split', '1', '2,3');
  await cairn.json('mine', '1', '--node', '1');
  await cairn.json('mine', '2', '--node', '3');
  const { findings } = await eventually(
    () => examine(),
    (diagnosis) => diagnosis.findings.length === 2,
  );
  expect(findings.map(({ code, nodes }) => [code, nodes])).toEqual([
    ['network-split', []],
    ['chain-parted', [1]],
  ]);
  expect(findings[1]!.message).toMatch(
    /^node 1 and node [23] have different blocks from height 3 /,
  );
  await fix(findings[0]!.fix);
  expect(await examine()).toMatchObject({ healthy: true, findings: [] });
});

test('a node that nobody reaches is named, though every process runs', async () => {
  const ports = [1, 2, 3].map((id) => `127.0.0.1:${cairn.portBase + 100 + id}`);
  await cairn.json('rpc', 'lab.cut', `endpoints=${ports[0]},${ports[1]}`, '--node', '3');
  const { findings } = await eventually(
    () => examine(),
    ({ healthy }) => !healthy,
  );
  expect(findings).toMatchObject([{ code: 'graph-disconnected', nodes: [3], fix: 'cairn heal' }]);
  expect(findings[0]!.message).toBe('no connection joins node 1, node 2 and node 3');
  await fix(findings[0]!.fix);
  expect((await examine()).healthy).toBe(true);
});

test('a killed node gets the command that brings it back', async () => {
  await cairn.json('kill', '2');
  const { findings } = await examine();
  expect(findings).toMatchObject([{ code: 'node-stopped', nodes: [2], fix: 'cairn start 2' }]);
  expect(await examine('--node', '1')).toMatchObject({ healthy: true });
  expect(await examine('--node', '2')).toMatchObject({ healthy: false });
  await fix(findings[0]!.fix);
  expect((await examine()).healthy).toBe(true);
});

describe('a node outside the network', () => {
  test('on another genesis is told so, and who is silent too', async () => {
    const packaged = new URL('../../genesis.json', import.meta.url);
    const genesis = JSON.parse(readFileSync(packaged, 'utf8')) as object;
    const file = join(cairn.home, 'other.json');
    writeFileSync(file, JSON.stringify({ ...genesis, salt: '00'.repeat(8) }));
    const [rpc, p2p] = [cairn.portBase + 50, cairn.portBase + 150];
    const node = cairn.spawn(
      ...['node', 'start', '--datadir', join(cairn.home, 'other'), '--genesis', file],
      ...['--rpc-port', String(rpc), '--p2p-port', String(p2p)],
    );
    await waitForText(node.stdout, 'RPC and page');
    const url = `http://127.0.0.1:${rpc}`;
    const { findings } = await examine('--node', url);
    expect(findings).toMatchObject([{ code: 'genesis-differs', nodes: [url] }]);
    expect(findings[0]!.fix).toContain(join(cairn.home, 'networks', 'default', 'genesis.json'));
    const ended = once(node, 'close');
    node.kill('SIGTERM');
    await ended;
    expect((await examine('--node', url)).findings).toMatchObject([
      { code: 'node-unreachable', nodes: [url], fix: 'cairn node start' },
    ]);
  });
});

test('a network that is down or unknown', async () => {
  await cairn.json('down');
  expect((await examine()).findings).toMatchObject([{ code: 'network-stopped', fix: 'cairn up' }]);
  expect(await cairn.failure('doctor', '-p', 'nowhere')).toMatchObject({
    code: 'network-unknown',
    hint: 'cairn up -p nowhere',
  });
});
