/**
 * Owns: the cookie that opens the methods which spend the node's resources: its file and its check.
 * Does not own: which methods ask for it (schemas/methods).
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const COOKIE_SIZE = 32;

export interface Cookie {
  readonly path: string;
  /** Whether an `Authorization` header carries it. */
  isIn(authorization: string | undefined): boolean;
  remove(): void;
}

/** Writes a new cookie into the data folder, readable by its owner only. */
export function createCookie(datadir: string): Cookie {
  const path = join(datadir, 'cookie');
  const secret = randomBytes(COOKIE_SIZE).toString('hex');
  // A new file each time: the mode of one that lies there already would stay as it is.
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, secret, { mode: 0o600, flag: 'wx' });
  renameSync(fresh, path);
  const expected = digest(`Bearer ${secret}`);
  return {
    path,
    isIn: (authorization) =>
      authorization !== undefined && timingSafeEqual(digest(authorization), expected),
    remove: () => rmSync(path, { force: true }),
  };
}

/** Makes texts of any length comparable in constant time. */
function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
