/**
 * Owns: turning what LevelDB and the disk report into one-line operational errors.
 * Does not own: checksums of records (record-codec).
 */
import { OperationalError, toOperationalError } from '../errors.ts';
import { createDamage } from './record-codec.ts';

interface DiskFault {
  readonly pattern: RegExp;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const DISK_FAULTS: readonly DiskFault[] = [
  {
    pattern: /No space left|File too large|quota exceeded|ENOSPC|EFBIG|EDQUOT/i,
    code: 'store-disk-full',
    message: 'the disk is full',
    hint: 'free some space, then start the node again; nothing acknowledged is lost',
  },
  {
    pattern: /Read-only file system|Permission denied|not permitted|EROFS|EACCES|EPERM/i,
    code: 'store-not-writable',
    message: 'the data folder cannot be written',
    hint: 'check its owner and permissions, or name another with --datadir',
  },
  {
    pattern: /Too many open files|EMFILE|ENFILE/i,
    code: 'store-too-many-files',
    message: 'the process may not open more files',
    hint: 'raise the limit (ulimit -n 1024), then start the node again',
  },
];

/** What went wrong at opening, reading or writing, as an error for people. */
export function toStoreError(thrown: unknown, folder: string): OperationalError {
  if (thrown instanceof OperationalError) return thrown;
  const chain = causeChain(thrown);
  const codes = chain.map(({ code }) => code);
  const text = chain.map(({ message, code }) => `${code} ${message}`).join('; ');
  if (codes.includes('LEVEL_LOCKED')) return createLocked(folder, thrown);
  const fault = DISK_FAULTS.find(({ pattern }) => pattern.test(text));
  if (fault !== undefined) {
    const { code, message, hint } = fault;
    return new OperationalError({ code, message: `${message}: ${folder}`, hint, cause: thrown });
  }
  const reason = chain.at(-1)?.message ?? String(thrown);
  if (
    codes.includes('LEVEL_CORRUPTION') ||
    /corruption|does not exist|MANIFEST|CURRENT/i.test(text)
  ) {
    return createDamage(reason, thrown);
  }
  return toOperationalError(thrown, {
    code: 'store-failed',
    message: `the store in ${folder} failed`,
  });
}

function createLocked(folder: string, cause: unknown): OperationalError {
  return new OperationalError({
    code: 'store-locked',
    message: `another process uses the data folder ${folder}`,
    hint: 'stop the other node, or name another folder with --datadir',
    cause,
  });
}

function causeChain(thrown: unknown): { readonly code: string; readonly message: string }[] {
  const chain = [];
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const code = 'code' in error ? String(error.code) : '';
    chain.push({ code, message: error.message });
  }
  return chain;
}
