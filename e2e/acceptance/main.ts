import { ALL_CHECKS } from './all-checks.ts';
import { closeConnections } from './http.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { runChecks } from './run-checks.ts';
import { World } from './world.ts';

/** Black-box acceptance of any server that speaks the storage protocol. */
const print = (line: string) => void process.stdout.write(`${line}\n`);

const options = read();
if (options !== null) {
  print(`Checking ${options.url} with profile ${options.profile}`);
  const { failed } = await runChecks(ALL_CHECKS, options, new World(options), print);
  closeConnections();
  process.exitCode = failed === 0 ? 0 : 1;
}

function read(): Options | null {
  if (process.argv.includes('--help')) {
    print(USAGE);
    return null;
  }
  try {
    return parseOptions(process.argv.slice(2), process.env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 2;
    return null;
  }
}
