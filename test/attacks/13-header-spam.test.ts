/**
 * Row 13, CVE-2024-52916. Bound: 100,000 headers of least difficulty from genesis, with less work
 * than the tip in all: memory +32 MiB at most, none stored, and the victim still follows the
 * honest.
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { hex, shown } from '../vectors/reference/bytes.mjs';
import { mine } from '../vectors/reference/block.mjs';
import { childBits, workOf } from '../vectors/reference/difficulty.mjs';
import { Arena } from './kit/arena.ts';
import { ChainBuilder } from './kit/chain-builder.ts';
import { AT } from './kit/forgery.ts';
import { MIB, memoryGrowth } from './kit/memory.ts';
import { until } from './kit/until.ts';
import { nowSeconds } from './kit/world.ts';

const spamCount = 100_000;
const perMessage = 2000;
const spacingSeconds = 5;
const yearSeconds = 31_536_000;

interface Spam {
  readonly headers: readonly Buffer[];
  readonly work: bigint;
}

/** A chain of headers without blocks: late at once, so that ASERT makes each as easy as can be. */
function spamFrom({ parameters, chain: [genesis] }: Reference.Network): Spam {
  const start = { version: 1, parent: genesis!.id, commitment: Buffer.alloc(32, 7) };
  const firstTime = parameters.time + yearSeconds / 2;
  const { header: first } = mine({ ...start, time: firstTime, bits: parameters.bits });
  const headers = [first];
  const bits = childBits(parameters, spamCount, firstTime + spamCount);
  expect(bits).toBe(parameters.powLimit);
  for (let height = 2; height <= spamCount; height++) {
    const header = Buffer.from(headers.at(-1)!);
    doubleHash(header).copy(header, AT.parent);
    header.writeUInt32LE(firstTime + height, AT.time);
    header.writeUInt32LE(bits, AT.bits);
    for (let nonce = 0; !meetsEasily(doubleHash(header)); nonce++) {
      header.writeUInt32LE(nonce, AT.nonce);
    }
    headers.push(header);
  }
  const work = genesis!.cumulativeWork + workOf(parameters.bits);
  return { headers, work: work + BigInt(spamCount - 1) * workOf(bits) };
}

function doubleHash(bytes: Buffer): Buffer {
  const once = createHash('sha256').update(bytes).digest();
  return createHash('sha256').update(once).digest();
}

/** Below the easiest target, whatever the lower bytes are. */
function meetsEasily(id: Buffer): boolean {
  return id[31]! < 0x7f;
}

test('cheap headers are walked, not kept', async () => {
  const parameters = {
    ...{ time: nowSeconds() - yearSeconds, retarget: true, bits: '1f07ffff' },
    ...{ spacingSeconds, halfLifeSeconds: 600, maxFutureSeconds: 30 },
  };
  const arena = await Arena.open({ parameters, height: 0, measuresMemory: true });
  const { victim, network } = arena;
  const honest = new ChainBuilder(network);
  const { headers, work } = spamFrom(network);
  while (honest.tip.cumulativeWork <= work) {
    honest.extend({ time: network.parameters.time + (honest.height + 1) * spacingSeconds });
  }
  for (const block of honest.blocks.slice(1)) await victim.submitBlock(block);
  arena.chain = honest;
  await arena.settle();
  const diskBefore = await victim.diskBytes();

  const ids = headers.map((header) => shown(doubleHash(header)));
  const heights = new Map(ids.map((id, index) => [id, index + 1]));
  const tip = { height: spamCount, id: ids.at(-1)!, work: `0x${(work * 1000n).toString(16)}` };
  const growth = await memoryGrowth(victim, async () => {
    const peer = await arena.attacker({ tip });
    let served = 0;
    peer.on('get-headers', (fields) => {
      const start = (fields['ids'] as string[]).map((id) => heights.get(id)).find(Boolean) ?? 0;
      served = Math.max(served, start + perMessage);
      peer.send('headers', { tip, headers: headers.slice(start, start + perMessage).map(hex) });
    });
    await until('all headers to be asked for', () => served >= spamCount || !peer.isOpen, 30_000);
    await peer.roundTrip(30_000);
    expect(served).toBeGreaterThanOrEqual(spamCount);
  });
  expect(growth).toBeLessThan(32 * MIB);
  expect((await victim.diskBytes()) - diskBefore).toBeLessThan(MIB);
  await arena.expectUnharmed();
});
