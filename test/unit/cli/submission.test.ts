/** Handing over a payment when answers get lost on the way: nobody pays twice. */
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { submit } from '../../../cli/submission.ts';
import { createClient } from '../../../src/client/client.ts';

interface Call {
  readonly method: string;
  readonly params: { readonly raw?: string };
}
type Reaction = (response: ServerResponse, id: number) => void;

const payment = { id: 'ab'.repeat(32), raw: '01'.repeat(140) };
const lose: Reaction = (response) => void response.destroy();
const answer =
  (body: object): Reaction =>
  (response, id) =>
    void response.end(JSON.stringify({ jsonrpc: '2.0', id, ...body }));
const accept = answer({ result: { ...payment, status: 'pending', reason: null, announcedTo: 2 } });
const refuse = (code: string): Reaction =>
  answer({ error: { code: -32001, message: code, data: { code, message: code, facts: {} } } });
const known = (status: string): Reaction =>
  answer({ result: { id: payment.id, status, reason: null } });

let server: Server;
afterEach(() => void server.close());

/** A node that reacts to one call after another as told; answers the calls it has heard. */
async function nodeThat(...reactions: readonly Reaction[]) {
  const heard: Call[] = [];
  server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const call = JSON.parse(text) as Call & { readonly id: number };
      const react = reactions[heard.length] ?? lose;
      heard.push(call);
      response.setHeader('content-type', 'application/json');
      react(response, call.id);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { client: createClient({ url: `http://127.0.0.1:${port}` }), heard };
}

describe('submit', () => {
  test('asks once when the node answers', async () => {
    const { client, heard } = await nodeThat(accept);
    expect(await submit(client, payment)).toMatchObject({ id: payment.id, announcedTo: 2 });
    expect(heard).toHaveLength(1);
  });

  test('repeats the very same bytes when the answer is lost', async () => {
    const { client, heard } = await nodeThat(lose, lose, accept);
    expect(await submit(client, payment)).toMatchObject({ status: 'pending' });
    expect(heard.map(({ params }) => params.raw)).toEqual(Array(3).fill(payment.raw));
  });

  test.each(['tx-known', 'tx-nonce-used'])(
    'takes %s for the lost answer when the node has the payment',
    async (code) => {
      const { client } = await nodeThat(lose, refuse(code), known('confirmed'));
      expect(await submit(client, payment)).toMatchObject({ id: payment.id });
    },
  );

  test('leaves a nonce that another payment took to its caller', async () => {
    const first = await nodeThat(refuse('tx-nonce-used'));
    await expect(submit(first.client, payment)).rejects.toMatchObject({ code: 'tx-nonce-used' });
    server.close();
    const later = await nodeThat(lose, refuse('tx-nonce-used'), known('unknown'));
    await expect(submit(later.client, payment)).rejects.toMatchObject({ code: 'tx-nonce-used' });
  });

  test('hands back the bytes when the node stays silent', async () => {
    const { client, heard } = await nodeThat();
    await expect(submit(client, payment)).rejects.toMatchObject({
      details: {
        code: 'node-unreachable',
        exit: 3,
        hint: `cairn tx push ${payment.raw}`,
        data: { id: payment.id, raw: payment.raw },
      },
    });
    expect(heard).toHaveLength(5);
  });
});
