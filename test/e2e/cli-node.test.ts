/** Nodes outside local networks: networks of one's own, TLS, and what one does to a node's data. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cairn, eventually, waitForText } from '../kit/cairn.ts';
import { ONE, TWO } from '../kit/certificates.ts';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const EASY = ['--difficulty', '200'];

interface Status {
  readonly height: number;
  readonly tip: string;
  readonly networkId: string;
  readonly p2p: string;
}

interface Peers {
  readonly peers: readonly { readonly address: string }[];
  readonly missing: readonly { readonly address: string; readonly reason: string }[];
}

let cairn: Cairn;
let genesis: string;
const miner = 'crn1q0fzf7vct9stsqnnnlas63g7algaxgvgefjs8sg';
const children = new Set<ChildProcess>();

beforeAll(async () => {
  cairn = new Cairn();
  genesis = join(cairn.home, 'own.json');
  await cairn.json('genesis', 'new', genesis, ...EASY, '--allocation', `${miner}=500`);
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await cairn.close();
});

const folderOf = (number: number): string => join(cairn.home, `n${number}`);
const urlOf = (number: number): string => `http://127.0.0.1:${cairn.portBase + number}`;
const placeOf = (number: number): string => `127.0.0.1:${cairn.portBase + 100 + number}`;

function startArgs(number: number, ...more: readonly string[]): readonly string[] {
  return [
    ...['node', 'start', '--datadir', folderOf(number)],
    ...[
      '--rpc-port',
      `${cairn.portBase + number}`,
      '--p2p-port',
      `${cairn.portBase + 100 + number}`,
    ],
    ...more,
  ];
}

/** Starts a node and answers what it printed when it serves. */
async function start(number: number, ...more: readonly string[]): Promise<string> {
  const child = cairn.spawn(...startArgs(number, ...more));
  children.add(child);
  child.once('exit', () => children.delete(child));
  return waitForText(child.stdout, 'RPC and page');
}

const statusOf = (number: number): Promise<Status> =>
  cairn.json<Status>('node', 'status', '--node', urlOf(number));
const peersOf = (number: number): Promise<Peers> =>
  cairn.json<Peers>('peers', '--node', urlOf(number));
const stop = (number: number): Promise<object> =>
  cairn.json('node', 'stop', '--datadir', folderOf(number));

test('a network of one\'s own: written once, its allocations spendable, never "dev"', async () => {
  const shown = await cairn.json<{ networkId: string; parameters: Record<string, unknown> }>(
    ...['genesis', 'show', genesis],
  );
  expect(shown.parameters).toMatchObject({ name: 'own', retarget: true, halfLifeSeconds: 8640 });
  expect(shown.parameters['allocations']).toEqual([{ address: miner, amount: '500' }]);
  expect((await cairn.failure('genesis', 'new', genesis)).code).toBe('file-exists');
  const dev = await cairn.failure('genesis', 'new', join(cairn.home, 'x.json'), '--name', 'dev');
  expect([dev.exit, dev.code]).toEqual([2, 'usage']);
  const other = join(cairn.home, 'other.json');
  const measured = await cairn.json<{ hashRate: number; difficulty: string; networkId: string }>(
    ...['genesis', 'new', other, '--interval', '10s'],
  );
  expect(measured.networkId).not.toBe(shown.networkId);
  expect(Number(measured.difficulty)).toBe(measured.hashRate * 10);
});

test('its nodes meet; one of another network is refused, both sides say why', async () => {
  await start(1, '--genesis', genesis);
  await start(2, '--genesis', genesis, '--peer', `ws://${placeOf(1)}`);
  await cairn.json('mine', '3', '--to', miner, '--node', urlOf(1));
  await eventually(
    () => statusOf(2),
    ({ height }) => height === 3,
  );
  const other = join(cairn.home, 'stranger.json');
  await cairn.json('genesis', 'new', other, ...EASY);
  await start(3, '--genesis', other, '--peer', `ws://${placeOf(1)}`);
  const { missing } = await eventually(
    () => peersOf(3),
    (answer) => answer.missing[0]?.reason === 'handshake-network-differs',
  );
  expect(missing).toEqual([{ address: placeOf(1), reason: 'handshake-network-differs' }]);
  const shown = await cairn.run('peers', '--node', urlOf(3));
  expect(shown.stdout).toContain('it is of another network');
  for (const number of [1, 3]) {
    const log = readFileSync(`${folderOf(number)}.log`, 'utf8');
    expect(log).toMatch(/"level":40.*"code":"handshake-network-differs","kind":"peer-left"/);
  }
  expect((await peersOf(1)).peers.map(({ address }) => address)).toEqual([placeOf(2)]);
  await stop(3);
  await stop(2);
});

test('peers speak TLS, and only with the certificate that was named', async () => {
  const [cert, key] = [join(cairn.home, 'cert.pem'), join(cairn.home, 'key.pem')];
  writeFileSync(cert, ONE.cert);
  writeFileSync(key, ONE.key);
  const common = ['--genesis', genesis];
  await start(4, ...common, '--tls-cert', cert, '--tls-key', key, '--peer', `ws://${placeOf(1)}`);
  const { p2p } = await statusOf(4);
  expect(p2p).toMatch(/^wss:\/\/.+#[0-9a-f]{64}$/);
  await start(5, ...common, '--peer', p2p);
  await eventually(
    () => statusOf(5),
    ({ height }) => height === 3,
  );
  expect((await peersOf(5)).peers).toHaveLength(1);
  await stop(5);

  const { fingerprintOf } = await import('../../src/io/transport/peer-tls.ts');
  const wrong = `wss://${placeOf(4)}#${fingerprintOf(TWO.cert)}`;
  await start(6, ...common, '--peer', wrong);
  await eventually(
    () => peersOf(6),
    ({ missing }) => missing[0]?.reason === 'unreachable',
  );
  expect(readFileSync(`${folderOf(6)}.log`, 'utf8')).toContain('"kind":"peer-unproven"');
  await stop(6);
  await stop(4);
});

test('a running node is left alone; a second one on its data is told', async () => {
  const running = await cairn.failure('node', 'verify', '--datadir', folderOf(1));
  expect(running).toMatchObject({
    code: 'node-running',
    hint: `cairn node stop --datadir ${folderOf(1)}`,
  });
  expect((await cairn.failure('node', 'reindex', '--datadir', folderOf(1))).code).toBe(
    'node-running',
  );
  const [first, ...rest] = startArgs(1, '--genesis', genesis).slice(0, 4);
  const second = await cairn.failure(first!, ...rest, '--rpc-port', '0', '--genesis', genesis);
  expect(second).toMatchObject({ code: 'store-locked', exit: 1 });
  await stop(1);
  const gone = await cairn.failure('node', 'stop', '--datadir', folderOf(1));
  expect([gone.code, gone.exit]).toEqual(['node-stopped', 3]);
});

test('verify and reindex, by folder and in a local network', async () => {
  const of = ['--datadir', folderOf(1)];
  const good = await cairn.json<{ deep: object }>('node', 'verify', '--deep', ...of);
  expect(good.deep).toMatchObject({ height: 3, blocks: 3, accounts: 1 });
  expect(await cairn.json('node', 'reindex', ...of)).toMatchObject({ height: 3, kept: null });
  expect(await cairn.json('node', 'verify', ...of)).toMatchObject({ ok: true, deep: null });
  expect((await cairn.failure('node', 'verify', '--datadir', cairn.home)).code).toBe(
    'store-missing',
  );

  await cairn.json('up', '-d', '--mine', 'off', '--nodes', '2');
  await cairn.json('mine', '2', '--node', '2');
  const busy = await cairn.failure('node', 'verify', '--node', '2');
  expect(busy).toMatchObject({ code: 'node-running', hint: 'cairn stop 2' });
  await cairn.json('stop', '2');
  expect(await cairn.json('node', 'reindex', '--node', '2')).toMatchObject({ height: 2 });
  expect(await cairn.json('node', 'verify', '--deep', '--node', '2')).toMatchObject({ ok: true });
  await cairn.json('start', '2');
  expect((await cairn.json<Status>('chain', '--node', '2')).height).toBe(2);
  await cairn.run('down');
});

test('damage exits 7 and names the file and the command that helps', async () => {
  const folder = folderOf(7);
  cpSync(folderOf(1), folder, { recursive: true });
  const store = join(folder, 'store');
  const largest = readdirSync(store)
    .map((name) => ({ path: join(store, name), name, size: statSync(join(store, name)).size }))
    .sort((a, b) => b.size - a.size)[0]!;
  const content = readFileSync(largest.path);
  content[Math.floor(content.length / 2)]! ^= 1;
  writeFileSync(largest.path, content);
  const hint = `cairn node reindex --datadir ${folder}`;
  const verified = await cairn.failure('node', 'verify', '--datadir', folder);
  expect(verified).toMatchObject({ code: 'store-damaged', exit: 7, hint });
  expect(verified.message).toContain(largest.name);
  const started = await cairn.failure(...startArgs(7, '--genesis', genesis));
  expect(started).toMatchObject({ code: 'store-damaged', exit: 7, hint });
  await cairn.json('node', 'reindex', '--datadir', folder);
  expect(await cairn.json('node', 'verify', '--deep', '--datadir', folder)).toMatchObject({
    ok: true,
  });
  rmSync(folder, { recursive: true });
});

/** Runs the program under a limit of the shell; answers what it said and its exit code. */
async function underLimit(limit: string, ...args: readonly string[]): Promise<[string, number]> {
  const command = `${limit}; exec "$0" "$@"`;
  const child = spawn('sh', ['-c', command, process.execPath, program, ...args], {
    env: { ...process.env, CAIRN_HOME: cairn.home, NO_COLOR: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number];
  return [stderr, code];
}

test('a full disk ends the node in one line, and all is there afterwards', async () => {
  // Files may grow to 40 blocks of 512 bytes: the log of the store is full soon.
  const args = startArgs(8, '--genesis', genesis, '--mine', 'continuous', '--to', miner);
  const [said, code] = await underLimit('ulimit -f 40', ...args);
  expect(said).toMatch(/^error: the disk is full: .*\ntry: free some space/m);
  expect(code).toBe(1);
  const { deep } = await cairn.json<{ deep: { height: number } }>(
    ...['node', 'verify', '--deep', '--datadir', folderOf(8)],
  );
  await start(8, '--genesis', genesis);
  // A block whose body was written just before is connected now.
  expect((await statusOf(8)).height).toBeGreaterThanOrEqual(deep.height);
  await stop(8);
});

test('too few file handles are one line', async () => {
  const [said, code] = await underLimit('ulimit -n 64', ...startArgs(9, '--genesis', genesis));
  expect(said).toBe(
    'error: the process may not open more files\n' +
      'try: ulimit -n 1024, then the same again  code too-many-files\n',
  );
  expect(code).toBe(1);
});
