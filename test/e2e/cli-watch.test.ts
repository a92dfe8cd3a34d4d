/** Watching a network and calling any method, on real processes. */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cairn, waitForText } from '../kit/cairn.ts';

interface Row {
  readonly number: number;
  readonly topic: string;
  readonly data: Readonly<Record<string, unknown>>;
}

let cairn: Cairn;
beforeAll(async () => {
  cairn = new Cairn();
  await cairn.json('up', '-d', '--mine', 'off');
});
afterAll(() => cairn.close());

/** Starts a watch and answers its lines when it has ended. */
function watch(...args: readonly string[]) {
  const child = cairn.spawn('watch', ...args);
  let [text, notes] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (notes += chunk.toString()));
  const ended = once(child, 'close').then(([code]: unknown[]) => ({
    code,
    notes,
    lines: text.split('\n').slice(0, -1),
  }));
  return { child, ended, watching: () => waitForText(child.stderr, 'watching') };
}

describe('cairn watch', () => {
  test('prints what happens, one line each, and ends after --count', async () => {
    const { ended, watching } = watch('--count', '3', '--node', '2');
    await watching();
    const { blocks } = await cairn.json<{ blocks: { id: string }[] }>('mine', '--node', '1');
    const { code, lines } = await ended;
    const id = blocks[0]!.id.slice(0, 8);
    expect(code).toBe(0);
    expect(lines.map((line) => line.slice('00:00:00  '.length))).toEqual([
      expect.stringMatching(new RegExp(`^block  \\d+  ${id}  stored$`)),
      expect.stringMatching(new RegExp(`^block  \\d+  ${id}  connected$`)),
      expect.stringMatching(new RegExp(`^tip    \\d+  ${id}  work `)),
    ]);
  });

  test('with --json each line is the event; a payment is followed to its block', async () => {
    const { id } = await cairn.json<{ id: string }>('send', 'bob', '1', '--from', 'alice');
    await cairn.json('mine', '--node', '1');
    const { code, lines } = await watch('tx', '--json', '--after', '0', '-n', '2', '--node', '1')
      .ended;
    expect(code).toBe(0);
    const rows = lines.map((line) => JSON.parse(line) as Row);
    expect(rows.map(({ topic, data }) => [topic, data['id'], data['state']])).toEqual([
      ['tx', id, 'pending'],
      ['tx', id, 'confirmed'],
    ]);
  });

  test('a reorg is one line that says what it did', async () => {
    await cairn.json('split', '1', '2,3');
    const { ended, watching } = watch('reorg', '-n', '1', '--node', '1');
    await watching();
    await cairn.json('mine', '1', '--node', '1');
    await cairn.json('mine', '2', '--node', '2');
    await cairn.json('heal');
    const { lines } = await ended;
    expect(lines[0]).toMatch(
      /reorg  -1 \+2 blocks, 0 txs back in mempool, tip [0-9a-f]{8} at \d+$/,
    );
  });

  test('Ctrl-C ends it with 130, --timeout with 6', async () => {
    const { child, ended, watching } = watch('peer');
    await watching();
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, lines: [] });
    const late = await watch('peer', '--timeout', '200ms').ended;
    expect(late).toMatchObject({
      code: 6,
      notes: expect.stringContaining('0 events in 0.2 s') as string,
    });
  });

  test('it goes on when its node was killed and started again', async () => {
    const { ended, child, watching } = watch('block', '-n', '2', '--node', '3');
    await watching();
    const back = waitForText(child.stdout, 'another start of the node');
    await cairn.json('kill', '3');
    await cairn.json('start', '3');
    await back;
    await cairn.json('mine', '--node', '3');
    expect(await ended).toMatchObject({ code: 0 });
  });

  test('what makes no sense is wrong usage, nobody there is 3', async () => {
    expect(await cairn.failure('watch', 'blocks')).toMatchObject({ exit: 2, code: 'usage' });
    expect(await cairn.failure('watch', '--node', 'http://127.0.0.1:1')).toMatchObject({
      exit: 3,
      code: 'node-unreachable',
    });
  });
});

describe('cairn rpc', () => {
  test('lists the methods with their parameters', async () => {
    const { stdout } = await cairn.run('rpc', '--list');
    expect(stdout).toMatch(/^ {2}block\.get block= \[raw=\] +One block/m);
    const { methods } = await cairn.json<{ methods: { name: string }[] }>('rpc', '--list');
    expect(methods.map(({ name }) => name)).toContain('rpc.discover');
  });

  test('reads parameters as the node describes them', async () => {
    const first = await cairn.json<{ id: string; height: number }>('rpc', 'block.get', 'block=1');
    expect(first.height).toBe(1);
    const byId = await cairn.json('rpc', 'block.get', `block=${first.id}`, 'raw=true');
    expect(byId).toMatchObject({ height: 1, raw: expect.any(String) as string });
    const events = ['rpc', 'events.list', 'after=0', 'topics=tip,reorg', 'limit=2'];
    const { events: found } = await cairn.json<{ events: Row[] }>(...events);
    expect(found.map(({ topic }) => topic)).toEqual(['tip', 'tip']);
    const { stdout } = await cairn.run('rpc', 'tx.minimumFee', 'outputs=2');
    expect(JSON.parse(stdout)).toEqual({ fee: expect.stringMatching(/^0\.000/) as string });
  });

  test('has the cookie, and passes on what the node refuses', async () => {
    expect(await cairn.json('rpc', 'mining.auto', 'mode=off')).toEqual({ mode: 'off' });
    expect(await cairn.failure('rpc', 'tx.submit', 'raw=ff')).toMatchObject({
      exit: 5,
      code: 'tx-version-unknown',
    });
    expect(await cairn.failure('rpc', 'block.gt')).toMatchObject({ exit: 2, code: 'usage' });
    expect(await cairn.failure('rpc', 'block.get', 'hight=1')).toMatchObject({ exit: 2 });
    expect(await cairn.failure('rpc', 'block.get', 'block=x')).toMatchObject({
      code: 'params-invalid',
    });
  });
});
