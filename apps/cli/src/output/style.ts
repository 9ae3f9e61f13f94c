import type { Style } from '../context.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Whether to colour: `--no-color` and NO_COLOR say no, FORCE_COLOR says yes, else a terminal outside CI does. */
export function wantsColor(options: { readonly noColor: boolean; readonly isTty: boolean; readonly env: Env }): boolean {
  const { noColor, isTty, env } = options;
  if (noColor || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTty && !isCi(env) && env['TERM'] !== 'dumb';
}

/** Whether a continuous-integration system runs us: nobody is there to answer. */
export function isCi(env: Env): boolean {
  const ci = env['CI'] ?? '';
  return ci !== '' && ci !== '0' && ci !== 'false';
}

/** Colour functions; each returns its input unchanged when colour is off. */
export function createStyle(color: boolean): Style {
  const paint = (open: number, close: number) => (text: string) => (color ? `\u001B[${open}m${text}\u001B[${close}m` : text);
  return { bold: paint(1, 22), dim: paint(2, 22), red: paint(31, 39), green: paint(32, 39), yellow: paint(33, 39), cyan: paint(36, 39) };
}
