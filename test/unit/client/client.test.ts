/** The client against a real HTTP port, and against what is no node. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyDigest } from '../../../src/core/base/crypto.ts';
import { parseCoins } from '../../../src/core/codec/coins.ts';
import { encodeAddress } from '../../../src/core/codec/address.ts';
import { signingDigest } from '../../../src/core/codec/transaction.ts';
import type { Client } from '../../../src/client/client.ts';
import { createClient } from '../../../src/client/client.ts';
import { createDevSigner } from '../../../src/client/dev-accounts.ts';
import { createTransfer, signTransfer } from '../../../src/client/transfer.ts';
import { waitForTransaction } from '../../../src/client/wait.ts';
import type { ServedNode } from '../api/served-node.ts';
import { serveMemoryNode } from '../api/served-node.ts';

const signer = createDevSigner('alice');
let served: ServedNode;
let client: Client;
let bob: string;
beforeAll(async () => {
  served = await serveMemoryNode();
  client = createClient({ url: `${served.api.url}/` });
  bob = encodeAddress(createDevSigner('bob').address, served.node.network.params.prefix);
});
afterAll(() => served.close());

/** Something that answers HTTP in its own way. */
async function serveText(text: string | undefined): Promise<{ url: string; close: () => void }> {
  const server = createServer((_, response) => {
    if (text !== undefined) response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

describe('errors', () => {
  test('no node: node-unreachable, with the reason', async () => {
    const gone = await serveText('');
    gone.close();
    await expect(createClient({ url: gone.url }).call('node.status', {})).rejects.toMatchObject({
      name: 'RpcError',
      code: 'node-unreachable',
      message: `no node answers at ${gone.url} (connection refused)`,
    });
  });

  test.each(['', 'hello', '[]', '{}', 'null', '5'])(
    'what answers "%s" is no node',
    async (text) => {
      const other = await serveText(text);
      await expect(createClient({ url: other.url }).call('node.status', {})).rejects.toMatchObject({
        code: 'answer-malformed',
      });
      other.close();
    },
  );

  test('a silent one runs into the time-out, an aborting caller gets its own reason', async () => {
    const silent = await serveText(undefined);
    const caller = createClient({ url: silent.url, timeoutMs: 50 });
    const late = caller.call('node.status', {});
    await expect(late).rejects.toMatchObject({ code: 'call-timed-out' });
    const leave = new AbortController();
    const left = caller.call('node.status', {}, { signal: leave.signal, timeoutMs: 60_000 });
    leave.abort(new Error('enough'));
    await expect(left).rejects.toThrow('enough');
    silent.close();
  });

  test('what the node refuses carries its code and hint', async () => {
    await expect(client.call('node.stop', {})).rejects.toMatchObject({
      code: 'not-allowed',
      hint: expect.stringContaining('cookie') as string,
    });
  });
});

describe('transfers', () => {
  test('are built from what the node says and signed for its network', async () => {
    const request = { outputs: [{ to: bob, amount: '1.5' }], memo: Uint8Array.of(104, 105) };
    const { transaction, raw } = await createTransfer(client, signer, request);
    expect(transaction).toMatchObject({
      sender: signer.address,
      nonce: 4,
      outputs: [{ address: createDevSigner('bob').address, amount: parseCoins('1.5') }],
    });
    const { fee } = await client.call('tx.minimumFee', { outputs: 1, memoBytes: 2 });
    expect(transaction.fee).toBe(parseCoins(fee));
    const digest = signingDigest(transaction, served.node.network.id);
    expect(verifyDigest(transaction.signature, digest, transaction.senderKey)).toBe(true);
    expect((await client.call('tx.submit', { raw })).id).toBe(transaction.id);
    expect(await client.call('tx.get', { id: transaction.id })).toMatchObject({ memo: 'hi' });
  });

  test('take nonce and fee from who states them', async () => {
    const request = { outputs: [{ to: bob, amount: '1' }], nonce: 9, fee: '0.25' };
    const { transaction } = await createTransfer(client, signer, request);
    expect([transaction.nonce, transaction.fee]).toEqual([9, parseCoins('0.25')]);
  });

  test('two signatures of the same payment differ: fresh entropy goes into each', () => {
    const outputs = [{ address: signer.address, amount: parseCoins('1')! }];
    const transfer = {
      networkId: served.node.network.id,
      nonce: 0,
      fee: parseCoins('1')!,
      outputs,
    };
    const raws = [signTransfer(transfer, signer).raw, signTransfer(transfer, signer).raw];
    expect(new Set(raws).size).toBe(2);
  });

  test.each([
    ['address-malformed', { outputs: [{ to: 'bob', amount: '1' }] }],
    ['amount-malformed', { outputs: [{ to: '', amount: '1e3' }] }],
    ['outputs-wrong', { outputs: [] }],
    ['memo-too-long', { outputs: [{ to: '', amount: '1' }], memo: new Uint8Array(256) }],
  ])('%s is said before anything is signed', async (code, request) => {
    const outputs = request.outputs.map(({ to, amount }) => ({ to: to === '' ? bob : to, amount }));
    const refused = createTransfer(client, signer, { ...request, outputs });
    await expect(refused).rejects.toMatchObject({ code });
  });
});

describe('waiting', () => {
  test('ends with the confirmations asked for', async () => {
    const request = { outputs: [{ to: bob, amount: '1' }] };
    const { transaction, raw } = await createTransfer(client, signer, request);
    await client.call('tx.submit', { raw });
    const seen: string[] = [];
    const waited = waitForTransaction(client, transaction.id, {
      confirmations: 2,
      timeoutMs: 10_000,
      onProgress: ({ status }) => {
        seen.push(status);
        served.node.confirmations += 1;
      },
    });
    expect(await waited).toMatchObject({ status: 'confirmed', confirmations: 2 });
    expect(seen).toEqual(['pending', 'confirmed', 'confirmed']);
  });

  test('ends in time when they do not come', async () => {
    const options = { confirmations: 1, timeoutMs: 10 };
    await expect(waitForTransaction(client, 'a'.repeat(64), options)).rejects.toMatchObject({
      code: 'wait-timed-out',
      data: { status: 'unknown', confirmations: 0 },
    });
  });
});
