/**
 * Owns: putting a whole file in place so that a crash leaves the old one or the new one.
 * Does not own: what is in it, or locks: one process at a time writes a path.
 */
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

const OWNER_ONLY = 0o600;

/** Writes a file that must not be there yet: `EEXIST`. */
export function createFile(path: string, text: string): void {
  const fresh = writeFresh(path, text);
  try {
    linkSync(fresh, path);
  } finally {
    rmSync(fresh, { force: true });
  }
  syncFolder(dirname(path));
}

/** Replaces a file that is there; the previous one stays beside it as `.bak`. */
export function replaceFile(path: string, text: string): void {
  const fresh = writeFresh(path, text);
  const kept = `${path}.bak.new`;
  rmSync(kept, { force: true });
  linkSync(path, kept);
  renameSync(kept, backupOf(path));
  renameSync(fresh, path);
  syncFolder(dirname(path));
}

/** Removes a file with all that saving it left. */
export function removeFile(path: string): void {
  for (const left of [path, backupOf(path), freshOf(path), `${path}.bak.new`]) {
    rmSync(left, { force: true });
  }
  syncFolder(dirname(path));
}

/** Where `replaceFile` keeps the previous file. */
export function backupOf(path: string): string {
  return `${path}.bak`;
}

function freshOf(path: string): string {
  return `${path}.new`;
}

/** The new content on disk under a name of its own, readable by the owner alone. */
function writeFresh(path: string, text: string): string {
  const fresh = freshOf(path);
  const file = openSync(fresh, 'w', OWNER_ONLY);
  try {
    fchmodSync(file, OWNER_ONLY);
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return fresh;
}

/** A rename is on disk once its folder is; Windows opens no folders and does without. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
