/** TLS between peers: who is dialled must be the one that was named. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { parsePeerUrl, peerUrl } from '../../../src/api/peer-url.ts';
import type { ListenerTls, PeerTls } from '../../../src/io/transport/peer-tls.ts';
import { fingerprintOf, readListenerTls } from '../../../src/io/transport/peer-tls.ts';
import type { TransportInput } from '../../../src/io/transport/ws-transport.ts';
import { WsTransport } from '../../../src/io/transport/ws-transport.ts';
import { ONE, TWO } from '../../kit/certificates.ts';
import { eventually } from './eventually.ts';

const cleanups: (() => unknown)[] = [];
afterEach(() => Promise.all(cleanups.splice(0).map((cleanup) => cleanup())));

interface Started {
  readonly transport: WsTransport;
  readonly kinds: () => string[];
  readonly messages: () => number[][];
  readonly unproven: string[];
}

async function start(tls?: Pick<ListenerTls, 'cert' | 'key'>): Promise<Started> {
  const inputs: TransportInput[] = [];
  const unproven: string[] = [];
  const transport = new WsTransport({
    listen: { ip: '127.0.0.1', port: 0 },
    tls: tls && { ...tls, minVersion: 'TLSv1.3' },
    onUnproven: (_, reason) => unproven.push(reason),
  });
  await transport.start((input) => inputs.push(input));
  cleanups.push(() => transport.stop());
  return {
    transport,
    unproven,
    kinds: () => inputs.map(({ kind }) => kind),
    messages: () =>
      inputs.flatMap((input) => (input.kind === 'peer-message' ? [[...input.bytes]] : [])),
  };
}

async function dial(listening: Started, tls: PeerTls | undefined): Promise<Started> {
  const dialling = await start();
  const endpoint = listening.transport.endpoint!;
  dialling.transport.setPeerTls(endpoint, tls);
  dialling.transport.dial(endpoint);
  return dialling;
}

test('a pinned peer is reached, and both sides hear each other', async () => {
  const listening = await start(ONE);
  const dialling = await dial(listening, { fingerprint: fingerprintOf(ONE.cert) });
  await eventually(() => expect(dialling.kinds()).toEqual(['peer-connected']));
  await eventually(() => expect(listening.kinds()).toEqual(['peer-connected']));
  const large = new Uint8Array(300_000).fill(7);
  dialling.transport.send(1, Uint8Array.of(1, 2));
  dialling.transport.send(1, large);
  listening.transport.send(1, Uint8Array.of(3));
  await eventually(() =>
    expect(listening.messages().map(({ length }) => length)).toEqual([2, 300_000]),
  );
  await eventually(() => expect(dialling.messages()).toEqual([[3]]));
  const [traffic] = listening.transport.traffic();
  expect(traffic?.bytesIn).toBeGreaterThan(300_000);
  dialling.transport.close(1, 'done');
  await eventually(() => expect(listening.kinds()).toContain('peer-closed'));
});

test('another certificate than the pinned one is refused and told', async () => {
  const listening = await start(ONE);
  const dialling = await dial(listening, { fingerprint: fingerprintOf(TWO.cert) });
  await eventually(() => expect(dialling.kinds()).toEqual(['dial-failed']));
  expect(dialling.unproven).toEqual(['it shows another certificate than the pinned one']);
  expect(dialling.transport.traffic()).toEqual([]);
});

test('without a pin an authority must vouch', async () => {
  const listening = await start(ONE);
  const dialling = await dial(listening, { fingerprint: undefined });
  await eventually(() => expect(dialling.kinds()).toEqual(['dial-failed']));
  expect(dialling.unproven).toHaveLength(1);
});

test('plain and TLS do not meet', async () => {
  const secure = await start(ONE);
  const plainDial = await dial(secure, undefined);
  await eventually(() => expect(plainDial.kinds()).toEqual(['dial-failed']));
  const plain = await start();
  const secureDial = await dial(plain, { fingerprint: fingerprintOf(ONE.cert) });
  await eventually(() => expect(secureDial.kinds()).toEqual(['dial-failed']));
});

test('a socket that never ends its handshake is let go', async () => {
  const inputs: TransportInput[] = [];
  const transport = new WsTransport({
    listen: { ip: '127.0.0.1', port: 0 },
    tls: { ...ONE, minVersion: 'TLSv1.3' },
    limits: { handshakeTimeoutMs: 100 },
  });
  await transport.start((input) => inputs.push(input));
  cleanups.push(() => transport.stop());
  const silent = connect(transport.endpoint!.port, '127.0.0.1');
  silent.on('error', () => undefined);
  await once(silent, 'close');
  expect(inputs).toEqual([]);
});

test('a peer is written as a URL with its pin', async () => {
  const endpoint = { ip: '10.0.0.2', port: 7501 };
  const pin = fingerprintOf(ONE.cert);
  const url = peerUrl(endpoint, { ...ONE, minVersion: 'TLSv1.3' });
  expect(url).toBe(`wss://10.0.0.2:7501#${pin}`);
  expect(parsePeerUrl(url)).toEqual({ endpoint, tls: { fingerprint: pin } });
  const asOpenssl = pin.toUpperCase().replace(/(..)(?=.)/g, '$1:');
  expect(parsePeerUrl(`wss://10.0.0.2:7501#${asOpenssl}`)).toEqual(parsePeerUrl(url));
  expect(parsePeerUrl('wss://10.0.0.2:7501')).toEqual({
    endpoint,
    tls: { fingerprint: undefined },
  });
  expect(parsePeerUrl('ws://10.0.0.2:7501/')).toEqual({ endpoint, tls: undefined });
  for (const wrong of [`ws://10.0.0.2:7501#${pin}`, 'wss://10.0.0.2:7501#12', 'wss://name:7501']) {
    expect(parsePeerUrl(wrong), wrong).toBeUndefined();
  }
});

test('a certificate and a key that do not belong together are refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-tls-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await writeFile(cert, ONE.cert);
  await writeFile(key, TWO.key);
  expect(() => readListenerTls(cert, key)).toThrow(
    expect.objectContaining({ code: 'tls-certificate-wrong' }),
  );
  expect(() => readListenerTls(join(folder, 'none'), key)).toThrow(
    expect.objectContaining({ code: 'tls-file-unreadable' }),
  );
});
