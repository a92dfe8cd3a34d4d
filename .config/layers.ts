/**
 * The arrows of the architecture and the places of the libraries, checked by dependency-cruiser.
 * Owns: which folder may import which, and which library lives where (docs/architecture.md: why).
 * Does not own: what stands inside a file (lint, tidy test).
 *
 * A rule reads: files under `from` may import nothing of ours but `may`, and every library has the
 * places listed. Type imports count: a layer that knows another's types knows the layer.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type IForbiddenRuleType } from 'dependency-cruiser';

const folders = ['src', 'cli', 'test', 'bench'];
const ours = /^(src|cli|test|bench)\//;

const core = '^src/core/';
const schemas = '^src/api/schemas(/|\\.ts$)';

/** Each folder, and what it may import besides itself. Whatever is not listed is forbidden. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  '^src/core/base/': [],
  '^src/core/codec/': ['^src/core/base/'],
  '^src/core/rules/': ['^src/core/(base|codec)/'],
  '^src/core/chain/': ['^src/core/(base|codec|rules)/'],
  '^src/core/net/': ['^src/core/(base|codec|rules)/'],
  '^src/core/node/': [core],
  '^src/io/': [core],
  '^src/api/': [core, '^src/io/'],
  '^src/client/': [core, schemas],
  '^src/sim/': [core],
  '^src/explorer/': [core, '^src/client/'],
  '^src/lab/': [core, '^src/(client|io)/', schemas],
  '^src/wallet/': [core, '^src/client/', '^src/io/errors\\.ts$'],
  '^src/index\\.ts$': [core, '^src/client/', schemas],
  '^cli/': [core, '^src/(lab|client|io|sim|wallet)/', schemas],
};

/** The one exception: `cairn node start` is the process that puts an API over a runtime. */
const composition = { from: '^cli/.*node-start\\.ts$', to: '^src/api/' };

/** Each library, and the only places (in src and cli) that may import it. */
const places: Readonly<Record<string, string>> = {
  '@noble/(hashes|secp256k1)': '^src/core/base/crypto\\.ts$',
  '@scure/base': '^src/(core/(base|codec)|client)/',
  '@scure/bip(32|39)': '^src/client/',
  '(secp256k1|tiny-secp256k1)': '^src/io/',
  ws: '^src/(io|client)/',
  'classic-level': '^src/io/.*level.*\\.ts$',
  'lru-cache': '^src/(io|api)/',
  pino: '^src/io/',
  'prom-client': '^src/api/metrics\\.ts$',
  '(hono|@hono/node-server)': '^src/api/',
  'json-rpc-2\\.0': '^src/(api|client)/',
  zod: '^(src/(api|io|lab|client|wallet)|cli)/',
  'env-paths': '^(src/(io|lab)|cli)/',
  yargs: '^cli/',
  '@clack/prompts': '^cli/',
};

const inLibrary = (name: string): string => `(^|/)node_modules/(@types/)?${name}/`;

const forbidden: IForbiddenRuleType[] = [
  { name: 'no-cycle', from: {}, to: { circular: true } },
  { name: 'resolvable', from: {}, to: { couldNotResolve: true } },
  ...Object.entries(arrows).map(([from, may]) => ({
    name: `arrows of ${from}`,
    from: { path: from, ...(from === '^cli/' && { pathNot: composition.from }) },
    to: { path: ours.source, pathNot: [from, ...may] },
  })),
  {
    name: 'arrows of cairn node start',
    from: { path: composition.from },
    to: {
      path: ours.source,
      pathNot: ['^cli/', ...arrows['^cli/']!, composition.to],
    },
  },
  {
    name: 'no file outside the layers',
    from: { path: '^src/', pathNot: Object.keys(arrows) },
    to: { path: '.' },
  },
  ...Object.entries(places).map(([library, place]) => ({
    name: `place of ${library}`,
    from: { path: '^(src|cli)/', pathNot: place },
    to: { path: inLibrary(library) },
  })),
  {
    name: 'only listed libraries',
    from: { path: '^(src|cli)/' },
    to: { path: '(^|/)node_modules/', pathNot: Object.keys(places).map(inLibrary) },
  },
  {
    name: 'no platform in the pure and portable layers',
    from: { path: '^src/(core|client|sim|explorer)/' },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'vectors are recomputed without the implementation',
    from: { path: '^test/vectors/', pathNot: '\\.test\\.ts$' },
    to: { path: '^(src|cli)/' },
  },
];

/** Outside every layer: AssemblyScript kernels (another compiler) and the planted violations. */
const outsideProject = /(^|\/)(assembly|fixtures)\//;

/** What the cruiser saw: a check that saw fewer modules than there are files proves nothing. */
export interface LayersReport {
  readonly modulesSeen: number;
  readonly modulesPresent: number;
  /** One line per broken rule: `from -> to: rule`. */
  readonly violations: readonly string[];
}

/** Cruises the source folders under `baseDir`. */
export async function checkLayers(baseDir: string): Promise<LayersReport> {
  const files = folders.map((name) => typescriptFiles(join(baseDir, name)));
  const present = folders.filter((_, index) => files[index]!.length > 0);
  const modulesPresent = files.flat().length;
  if (modulesPresent === 0) return { modulesSeen: 0, modulesPresent, violations: [] };
  const { output } = await cruise(present, {
    baseDir,
    validate: true,
    ruleSet: { forbidden },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: outsideProject.source },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
    },
  });
  if (typeof output === 'string')
    throw new Error('the cruiser reports data when no reporter is named');
  return {
    modulesSeen: output.modules.filter(({ source }) => ours.test(source) && isTypescript(source))
      .length,
    modulesPresent,
    violations: output.summary.violations.map(
      ({ rule, from, to }) => `${from} -> ${to}: ${rule.name}`,
    ),
  };
}

function typescriptFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => isTypescript(name) && !outsideProject.test(`/${name}`),
  );
}

function isTypescript(path: string): boolean {
  return path.endsWith('.ts');
}
