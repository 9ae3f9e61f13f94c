/** Looks a variable up; undefined when it is not set. An empty value counts as not set. */
export type LookUp = (name: string) => string | undefined;

export interface Interpolated {
  readonly text: string;
  /** What is wrong, with the offset of each in the input. */
  readonly problems: readonly { readonly offset: number; readonly reason: string }[];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether the text holds anything that {@link interpolate} would change. */
export function hasVariables(text: string): boolean {
  return text.includes('${');
}

/**
 * Replaces `${NAME}` and `${NAME:-default}`; `$${` stands for a literal `${`.
 * Replacement text is not looked at again. A default may not hold `}`.
 */
export function interpolate(input: string, lookUp: LookUp): Interpolated {
  const problems: { offset: number; reason: string }[] = [];
  let text = '';
  let rest = 0;
  for (;;) {
    const open = input.indexOf('${', rest);
    if (open === -1) break;
    if (open > rest && input[open - 1] === '$') {
      text += `${input.slice(rest, open - 1)}\${`;
      rest = open + 2;
      continue;
    }
    text += input.slice(rest, open);
    const close = input.indexOf('}', open);
    if (close === -1) {
      problems.push({ offset: open, reason: '"${" is never closed; write "$${" for a literal "${"' });
      rest = input.length;
      break;
    }
    const outcome = replace(input.slice(open + 2, close), lookUp);
    if (outcome.ok) text += outcome.text;
    else problems.push({ offset: open, reason: outcome.reason });
    rest = close + 1;
  }
  return { text: text + input.slice(rest), problems };
}

type Outcome = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

function replace(expression: string, lookUp: LookUp): Outcome {
  const split = expression.indexOf(':-');
  const name = (split === -1 ? expression : expression.slice(0, split)).trim();
  if (!NAME.test(name)) return { ok: false, reason: `"\${${expression}}" does not name a variable` };
  const value = lookUp(name);
  if (value !== undefined && value !== '') return { ok: true, text: value };
  if (split !== -1) return { ok: true, text: expression.slice(split + 2) };
  return { ok: false, reason: `variable ${name} is not set; set it, put it into .env, or give a default: \${${name}:-value}` };
}
