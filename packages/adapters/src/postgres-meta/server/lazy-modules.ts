import { createRequire, registerHooks } from 'node:module';

/**
 * Modules of postgres-meta that few requests need but that would take a third of its memory and start-up time: SQL formatting and parsing,
 * and type generation. Each is replaced by functions of the same names that load the real module when one is called.
 */
const LAZY: Readonly<Record<string, { readonly functions: readonly string[]; readonly defaultProperties: readonly string[] }>> = {
  '@supabase/postgrest-typegen': {
    functions: ['generateGo', 'generatePython', 'generateSwift', 'generateTypescript', 'introspect', 'sortGeneratorMetadata'],
    defaultProperties: [],
  },
  'pgsql-parser': { functions: ['parse', 'deparse'], defaultProperties: [] },
  'prettier-plugin-sql': { functions: [], defaultProperties: ['languages', 'parsers', 'printers', 'options', 'defaultOptions'] },
};

/** Error reporting to a hosted service, which we do not use: nothing leaves this machine. Spans run what they wrap. */
const SENTRY_SOURCE = `
  const nothing = () => undefined;
  export { nothing as init, nothing as setupFastifyErrorHandler, nothing as captureException, nothing as captureMessage };
  export { nothing as nodeProfilingIntegration };
  export const startSpan = (_, run) => run({ setAttribute: nothing, setAttributes: nothing, setStatus: nothing, end: nothing });
`;

const LOADER_KEY = 'supastor.postgres-meta.load';

/** Must run before postgres-meta is imported. `from` is a file of that package; its dependencies are resolved from there. */
export function makeHeavyModulesLazy(from: string): void {
  const require = createRequire(from);
  Reflect.set(globalThis, Symbol.for(LOADER_KEY), (name: string): unknown => require(name));
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith('@sentry/')) return asModule(SENTRY_SOURCE);
      const lazy = LAZY[specifier];
      // What the functions below load comes through require, and is the real module.
      if (!lazy || !context.conditions.includes('import')) return next(specifier, context);
      return asModule(lazySource(specifier, lazy));
    },
  });
}

function lazySource(
  name: string,
  { functions, defaultProperties }: { functions: readonly string[]; defaultProperties: readonly string[] },
) {
  const load = `globalThis[Symbol.for(${JSON.stringify(LOADER_KEY)})](${JSON.stringify(name)})`;
  const exported = functions.map((key) => `export const ${key} = (...args) => ${load}.${key}(...args);`);
  const getters = defaultProperties.map((key) => `get ${key}() { return (${load}.default ?? ${load}).${key}; }`);
  return [...exported, `export default { ${getters.join(', ')} };`].join('\n');
}

function asModule(source: string) {
  return { url: `data:text/javascript,${encodeURIComponent(source)}`, format: 'module', shortCircuit: true } as const;
}
