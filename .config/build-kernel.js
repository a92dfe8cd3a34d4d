/**
 * Compiles the mining kernel and embeds it: `node .config/build-kernel.js` writes
 * src/io/mine/kernel-wasm.ts, which is committed; a test compiles again and compares.
 * Owns: the compiler's flags and the embedding. Does not own: the kernel (src/io/mine/assembly).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const source = new URL('../src/io/mine/assembly/sha256d.ts', import.meta.url);
const embedded = new URL('../src/io/mine/kernel-wasm.ts', import.meta.url);
const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--outFile', 'wasm'];

/** The compiled kernel. */
export async function compileKernel() {
  let wasm;
  const { error, stderr } = await asc.main(['sha256d.ts', ...flags], {
    readFile: (name) => (name === 'sha256d.ts' ? readFileSync(source, 'utf8') : null),
    writeFile: (_name, content) => void (wasm = content),
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return wasm;
}

/** The module that carries the kernel as text. */
export function embedKernel(wasm) {
  const lines = Buffer.from(wasm)
    .toString('base64')
    .match(/.{1,92}/g);
  return `/**
 * Owns: the compiled mining kernel, as text. Written by .config/build-kernel.js; do not edit.
 * Does not own: its source (assembly/sha256d.ts).
 */

/** WebAssembly with SIMD, in base64. */
export const KERNEL_WASM: string = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(embedded, embedKernel(await compileKernel()));
}
