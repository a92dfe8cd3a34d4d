import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { blockPorts, findPortBlock } from '../../../src/lab/ports.ts';

test('a block is the page, the nodes, and their peers a hundred above', () => {
  expect(blockPorts(7400, 2)).toEqual([7400, 7401, 7402, 7501, 7502]);
});

test('a block with any port taken is left for the next one', async () => {
  const taken = new Set([7502, 7601]);
  const isFree = async (port: number): Promise<boolean> => !taken.has(port);
  expect(await findPortBlock({ wanted: 7400, count: 1, isFree })).toBe(7400);
  expect(await findPortBlock({ wanted: 7400, count: 2, isFree })).toBe(7800);
});

test('no block is an error', async () => {
  const isFree = async (): Promise<boolean> => false;
  await expect(findPortBlock({ wanted: 60_000, count: 1, isFree })).rejects.toThrow(
    'no free block',
  );
});

test('a port that a process listens on is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { readonly port: number };
  try {
    const wanted = Math.min(port, 65_000);
    expect(await findPortBlock({ wanted, count: 1 })).not.toBe(port);
  } finally {
    server.close();
  }
});
