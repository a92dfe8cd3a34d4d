/** A program from outside pays and follows its payment to two confirmations through a reorg. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEV_ACCOUNTS } from '../../src/client/dev-accounts.ts';
import { Cairn, eventually } from '../kit/cairn.ts';

interface Told {
  readonly told: string;
  readonly id?: string;
  readonly in?: string;
  readonly from?: string;
  readonly confirmations?: number;
}

const program = fileURLToPath(new URL('outside/pay.mjs', import.meta.url));
const [alice, bob] = DEV_ACCOUNTS;

let cairn: Cairn;
beforeAll(async () => {
  cairn = new Cairn();
  await cairn.json('up', '-d', '--mine', 'off');
});
afterAll(() => cairn.close());

test('it knows nothing of the sources', () => {
  const imports = [...readFileSync(program, 'utf8').matchAll(/from '([^']+)'/g)];
  expect(imports.map(([, name]) => name)).toEqual([
    'node:crypto',
    '@noble/secp256k1',
    '@scure/base',
    'ws',
  ]);
});

test('a payment is submitted, confirmed, reorganised out, and confirmed twice', async () => {
  const { networks } = await cairn.json<{ networks: { nodes: { rpc: string }[] }[] }>('ps');
  const { rpc } = networks[0]!.nodes[0]!;
  await cairn.json('split', '1', '2,3');
  const child = spawn(process.execPath, [program, rpc, alice!.secretHex, bob!.address, '1.5'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Told> =>
    JSON.parse(((await lines.next()) as { value: string }).value) as Told;

  const submitted = await next();
  expect(submitted).toMatchObject({ told: 'submitted', status: 'pending' });
  expect(await next()).toEqual({ told: 'watching' });

  const mined = await cairn.json<{ blocks: { id: string }[] }>('mine', '1', '--node', '1');
  expect(await next()).toEqual({ told: 'confirmed', in: mined.blocks[0]!.id });
  await cairn.json('mine', '2', '--node', '2');
  await cairn.json('heal');
  expect(await next()).toEqual({ told: 'reorganised out', from: mined.blocks[0]!.id });

  const again = await cairn.json<{ blocks: { id: string }[] }>('mine', '2', '--node', '1');
  expect(await next()).toEqual({ told: 'confirmed', in: again.blocks[0]!.id });
  expect(await next()).toEqual({ told: 'done', confirmations: 2 });
  const { balance } = await eventually(
    () => cairn.json<{ balance: string }>('account', 'bob', '--node', '3'),
    (account) => account.balance !== '1000',
  );
  expect(balance).toBe('1001.5');
  expect(await cairn.json('tx', 'show', submitted.id!)).toMatchObject({ status: 'confirmed' });
});
