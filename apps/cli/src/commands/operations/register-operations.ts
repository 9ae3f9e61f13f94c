import { type RegisteredOperation, OPERATIONS } from '@supastor/contract/operations/all';
import { type Command, Option } from 'commander';
import type { BindAction, CliContext, RegisterCommand } from '../../context.ts';
import { type Field, fieldsOf } from './fields.ts';
import { OPERATION_NOUNS, toKebab } from './nouns.ts';
import { nameOf } from './read-input.ts';

/** Below every noun one command for each operation of the registry; reads the whole registry. */
export const registerOperations: RegisterCommand = (program, bind) => {
  for (const { noun } of OPERATION_NOUNS) {
    const parent = program.commands.find((command) => command.name() === toKebab(noun));
    if (parent === undefined) continue;
    for (const operation of OPERATIONS.filter(({ name }) => name.startsWith(`${noun}.`))) registerOperation(parent, operation, bind);
  }
};

function registerOperation(parent: Command, operation: RegisteredOperation, bind: BindAction): void {
  const fields = fieldsOf(operation);
  const command = parent.command(toKebab(operation.name.slice(operation.name.indexOf('.') + 1))).description(toPhrase(operation.summary));
  const positional = fields.filter(({ isPositional }) => isPositional);
  for (const field of positional) command.argument(`<${field.flag}>`, field.description);
  const options = fields.filter(({ isPositional }) => !isPositional);
  for (const field of options.filter(({ isSecret }) => !isSecret)) command.addOption(toOption(field));
  if (isPaged(operation, fields)) command.option('--all', 'follow the cursor to the last page');
  if (options.length > 0) command.option('--input <file>', inputHelp(options));
  command.action(
    bind(async (context: CliContext, ...rest: unknown[]) => {
      const { runOperation } = await import('./run-operation.ts');
      const flags = rest.at(-1);
      const typed = new Map<string, unknown>(positional.map(({ name }, index) => [name, rest[index]]));
      for (const [name, value] of Object.entries(flags ?? {})) typed.set(name, value);
      await runOperation(context, operation, fields, typed);
    }),
  );
}

function inputHelp(options: readonly Field[]): string {
  const secrets = options.filter(({ isSecret }) => isSecret).map(({ name }) => name);
  const base = 'JSON of the input; - reads standard input, options win over it';
  return secrets.length === 0 ? base : `${base}. The only way to give ${secrets.join(' and ')}`;
}

/** Whether the operation answers in pages that a cursor links. */
function isPaged({ effect }: RegisteredOperation, fields: readonly Field[]): boolean {
  return effect === 'read' && fields.some(({ name }) => name === 'cursor');
}

function toOption(field: Field): Option {
  const { isList, kind, defaultValue, choices, isRequired, description } = field;
  const placeholder = isFlag(field) ? '' : ` ${kind === 'boolean' ? '[boolean]' : `<${placeholderOf(field)}>`}`;
  const notes = [
    ...(description === '' ? [] : [description]),
    ...(choices.length > 0 ? [choices.join(', ')] : []),
    ...(isRequired ? ['required'] : []),
    ...(isList || kind === 'object' ? ['may be repeated'] : []),
    ...(isPlain(defaultValue) ? [`default: ${String(defaultValue)}`] : []),
  ];
  const option = new Option(`${nameOf(field)}${placeholder}`, notes.join('; '));
  // Commander would call `--no-x` and camel case differently; the field's own name is the key.
  option.attributeName = () => field.name;
  if (isList || kind === 'object') option.argParser(collect);
  return option;
}

function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

function isFlag({ kind, isList, isNullable, defaultValue }: Field): boolean {
  return kind === 'boolean' && !isList && !isNullable && defaultValue === false;
}

function placeholderOf({ kind }: Field): string {
  if (kind === 'object') return 'key=value';
  return kind;
}

function isPlain(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' || value === true;
}

/** A summary as the help of commands reads: it begins in lower case unless it begins with an abbreviation. */
function toPhrase(summary: string): string {
  return /^[A-Z][a-z ]/.test(summary) ? summary.charAt(0).toLowerCase() + summary.slice(1) : summary;
}
