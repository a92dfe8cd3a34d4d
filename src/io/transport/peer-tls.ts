/**
 * Owns: TLS between peers: the listener's certificate, and how a dialled peer's is checked: by a
 * fingerprint that the operator pinned, or by the authorities that this computer trusts.
 * Does not own: connections (listener, ws-transport) or who is dialled. docs/decisions/0012.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';
import { OperationalError } from '../errors.ts';

const VERSION_MIN = 'TLSv1.3';

/** What the listener shows, in PEM. */
export interface ListenerTls {
  readonly cert: string;
  readonly key: string;
  readonly minVersion: typeof VERSION_MIN;
}

/** How a dialled peer proves who it is. */
export interface PeerTls {
  /** SHA-256 of its certificate, 64 lower-case hex digits; without it, an authority vouches. */
  readonly fingerprint: string | undefined;
}

/** Options of a dial. */
export interface DialTls {
  readonly minVersion: typeof VERSION_MIN;
  readonly rejectUnauthorized: boolean;
}

/** Reads what the listener shows: `tls-file-unreadable`, `tls-certificate-wrong`. */
export function readListenerTls(certPath: string, keyPath: string): ListenerTls {
  const [cert, key] = [readPem(certPath), readPem(keyPath)];
  try {
    createSecureContext({ cert, key });
    return { cert, key, minVersion: VERSION_MIN };
  } catch (cause) {
    throw new OperationalError({
      code: 'tls-certificate-wrong',
      message: `${certPath} and ${keyPath} are no certificate with its key`,
      hint: 'docs/operations.md shows how to make them',
      cause,
    });
  }
}

/** The fingerprint that others pin, of the first certificate in a PEM text. */
export function fingerprintOf(cert: string): string {
  return normalizeFingerprint(new X509Certificate(cert).fingerprint256);
}

/** `AB:CD:…` as openssl shows it, or plain hex, as 64 lower-case digits; undefined when neither. */
export function parseFingerprint(text: string): string | undefined {
  const hex = normalizeFingerprint(text);
  return /^[0-9a-f]{64}$/.test(hex) ? hex : undefined;
}

/** A pinned certificate is checked once it is shown (`isPinned`), not by authorities. */
export function dialOptions({ fingerprint }: PeerTls): DialTls {
  return { minVersion: VERSION_MIN, rejectUnauthorized: fingerprint === undefined };
}

/** Whether an upgraded socket shows the certificate that was pinned, if one was. */
export function isPinned(socket: Socket, { fingerprint }: PeerTls): boolean {
  if (fingerprint === undefined) return true;
  if (!(socket instanceof TLSSocket)) return false;
  const shown = socket.getPeerX509Certificate()?.fingerprint256;
  return shown !== undefined && normalizeFingerprint(shown) === fingerprint;
}

/** Whether a dial failed for the certificate, and not for the way to it. */
export function isUnproven(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  return /CERT|SIGN|TLS|SSL|EPROTO/.test(code);
}

function normalizeFingerprint(text: string): string {
  return text.replaceAll(':', '').toLowerCase();
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new OperationalError({
      code: 'tls-file-unreadable',
      message: `${path} cannot be read`,
      hint: 'docs/operations.md shows how to make a certificate',
      cause,
    });
  }
}
