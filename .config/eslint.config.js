/**
 * Lint rules: typescript-eslint's strict, typed set, plus the purity of src/core and the few
 * conventions a linter can hold. Formatting is prettier's; arrows are dependency-cruiser's.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';

const top = dirname(dirname(fileURLToPath(import.meta.url)));

/** What src/core must not name: whatever differs between two runs, or acts on the world. */
const impureGlobals = [
  ...['Date', 'performance', 'Intl', 'crypto', 'console', 'process', 'global', 'globalThis'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'Promise'],
  ...['Buffer', 'TextEncoder', 'TextDecoder', 'URL', 'fetch', 'WebSocket', 'Worker', 'WebAssembly'],
  ...['SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry', 'require', 'eval'],
];

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Name what you export.',
};

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '**/assembly/**', 'test/tidy/fixtures/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.json'], tsconfigRootDir: top } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-restricted-syntax': ['error', noDefaultExport],
      'no-constant-binary-expression': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-unsafe-finally': 'error',
      'no-unreachable-loop': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // An index in a bounded loop is proven by the loop; `!` says so without a branch.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // An interface may ask for a promise that one implementation has at once.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
      'no-restricted-syntax': [
        'error',
        noDefaultExport,
        { selector: ':function[async=true]', message: 'src/core is synchronous.' },
        { selector: 'AwaitExpression', message: 'src/core is synchronous.' },
        { selector: 'ImportExpression', message: 'src/core is synchronous.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    files: ['**/*.js'],
    extends: [tseslint.configs.base],
    rules: { eqeqeq: 'error', 'no-unused-vars': 'error' },
  },
);
