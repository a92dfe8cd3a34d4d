/** Owns: waiting for what must become true, with time enough for a busy machine. */
import { vi } from 'vitest';

/** Repeats the check until it passes; fails as it does after twenty seconds. */
export function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 20_000, interval: 5 });
}
