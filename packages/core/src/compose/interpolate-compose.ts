/** What a variable is; undefined when it is not set, which is not the same as empty. */
export type ComposeLookUp = (name: string) => string | undefined;

export interface ComposeText {
  readonly text: string;
  /** Variables that are not set and have no default: compose takes them for empty. */
  readonly unset: readonly string[];
  /** What is wrong, as sentences. */
  readonly problems: readonly string[];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;
const OPERATOR = /^:?[-?+]/;

/**
 * Replaces variables as compose does: `$NAME`, `${NAME}`, with `-` `:-` (default), `?` `:?` (required), `+` `:+` (replacement), nested, and
 * `$$` for a dollar sign. (Compose Specification, Interpolation.)
 */
export function interpolateCompose(input: string, lookUp: ComposeLookUp): ComposeText {
  const unset: string[] = [];
  const problems: string[] = [];
  let text = '';
  let rest = input;
  for (;;) {
    const at = rest.indexOf('$');
    if (at === -1) break;
    text += rest.slice(0, at);
    const after = rest.slice(at + 1);
    const name = NAME.exec(after)?.[0];
    if (after.startsWith('$')) {
      text += '$';
      rest = after.slice(1);
    } else if (after.startsWith('{')) {
      const close = closingBrace(after);
      if (close === -1) {
        problems.push('"${" is never closed; write "$$" for a dollar sign');
        rest = '';
        break;
      }
      const found = braced(after.slice(1, close), lookUp);
      text += found.text;
      unset.push(...found.unset);
      problems.push(...found.problems);
      rest = after.slice(close + 1);
    } else if (name === undefined) {
      problems.push('"$" names no variable; write "$$" for a dollar sign');
      rest = after;
    } else {
      const value = lookUp(name);
      if (value === undefined) unset.push(name);
      text += value ?? '';
      rest = after.slice(name.length);
    }
  }
  return { text: text + rest, unset, problems };
}

/** Where the brace that opens a text is closed; -1 when it is not. */
function closingBrace(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return -1;
}

function braced(expression: string, lookUp: ComposeLookUp): ComposeText {
  const name = NAME.exec(expression)?.[0] ?? '';
  const operator = OPERATOR.exec(expression.slice(name.length))?.[0] ?? '';
  if (name === '' || (operator === '' && expression.length > name.length)) return wrong(`"\${${expression}}" does not name a variable`);
  const value = lookUp(name);
  const isSet = value !== undefined && !(operator.startsWith(':') && value === '');
  if (operator === '') return { text: value ?? '', unset: value === undefined ? [name] : [], problems: [] };
  const operand = expression.slice(name.length + operator.length);
  if (operator.endsWith('+')) return isSet ? interpolateCompose(operand, lookUp) : { text: '', unset: [], problems: [] };
  if (isSet) return { text: value, unset: [], problems: [] };
  if (operator.endsWith('-')) return interpolateCompose(operand, lookUp);
  return wrong(`variable ${name} is required${operand === '' ? '' : `: ${operand}`}; set it or put it into .env beside the file`);
}

function wrong(problem: string): ComposeText {
  return { text: '', unset: [], problems: [problem] };
}
