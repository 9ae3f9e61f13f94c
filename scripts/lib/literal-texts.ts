import { parseSync } from 'rolldown/utils';
import type { SourceFile } from './boundaries.ts';

export interface LiteralText {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** Props and keys whose value people read, whatever it looks like. */
const SHOWN = /^(aria-(description|placeholder|roledescription|valuetext)|alt|note|title|placeholder|message|description)$|label$|text$/i;
/** Props and keys whose value a machine reads, whatever it looks like. */
const TECHNICAL =
  /^(sx|style|className|key|id|href|to|component|variant|color|type|role|rel|accept|d|viewBox|points|transform|font\w*|grid\w*|aria-(labelledby|controls|describedby))$/;
/** What is the same in every language: products, protocols, fields of them, and what a person types. */
const NAMES =
  /\b(Supastorj|Supabase|Storage|supastor [a-z -]+|Postgres|Prometheus|Alertmanager|Grafana|GraphQL|Docker|Slack|Content-Type|Cache-Control|Markdown|Edge|Firefox|Opera|Chrome|Safari|Android|Windows|Linux|macOS|Ctrl)\b/g;
/** Capitals and units are read out letter by letter everywhere. */
const LETTERS = /\b(\p{Lu}[\p{Lu}\d-]*|[KMGT]i?B|ms|min|px|rem|s|d|h|x|v)\b/gu;
/** Words in a row, or one that begins like a sentence or stands beside a value: how something to be read looks. */
const PROSE = /\p{Lu}\p{Ll}+:? +…|(…|^\d+) +\p{Ll}{3,}|^\P{L}*\p{Lu}\p{Ll}+[.…!?:]?\s*$|\p{L}{2,}[,;:.!?]? \p{L}+/u;
/** Colours, types of content and names of operations, wherever they stand. */
const VALUE = /^(2FA|[a-z]+\.[a-z]+|var\(.*\)|#[\da-f]{6}|[a-z]+\/[*a-z]+(, [a-z]+\/[*a-z]+)*)$/;
/** Code, addresses and values of styles; what has several lines is an example. */
const CODE = /[{}=\n]|^(https?:|\/)|process\.env|^ *(policy "|with check)|await |^(aws|curl) |console\.|\dpx |var\(|system-ui|monospace/;
/** Expressions whose value is one of their parts. */
const CHOICES = new Set([
  'ConditionalExpression',
  'LogicalExpression',
  'JSXExpressionContainer',
  'ParenthesizedExpression',
  'TSAsExpression',
]);

/** Methods that compare what they are given. */
const LOOK_UPS = /^(includes|has|startsWith|endsWith|indexOf)$/;

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [part: string]: unknown;
}

type Report = (node: Node, text: string) => void;

/** Human text written into a source file of the console instead of its messages, in file order. */
export function findLiteralTexts({ path, source }: SourceFile): LiteralText[] {
  const { program, errors } = parseSync(path, source);
  if (errors[0]) throw new Error(`${path} cannot be read: ${errors[0].message}`);
  const found: LiteralText[] = [];
  const report: Report = (node, text) => {
    const line = source.slice(0, node.start).split('\n').length + (/^\s*/.exec(text)?.[0].split('\n').length ?? 1) - 1;
    found.push({ path, line, text: text.trim().replace(/\s+/g, ' ') });
  };
  for (const statement of program.body) if (isNode(statement)) walk(statement, false, report);
  return found;
}

/** `shown`: the value of this expression is read by people. */
function walk(node: Node, shown: boolean, report: Report): void {
  if (isForMachines(node)) return;
  const text = textOf(node);
  if (text !== null && isHuman(text, shown || node.type === 'JSXText')) report(node, text);
  for (const [part, value] of Object.entries(node)) {
    if (isUnread(node, part)) continue;
    const inside = isShownPart(node, part, shown);
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, inside, report);
  }
}

function textOf(node: Node): string | null {
  if ((node.type === 'Literal' || node.type === 'JSXText') && typeof node['value'] === 'string') return node['value'];
  if (node.type !== 'TemplateLiteral' || !Array.isArray(node['quasis'])) return null;
  return node['quasis'].map((quasi: { readonly value: { readonly cooked: string } }) => quasi.value.cooked).join(' … ');
}

function isHuman(text: string, shown: boolean): boolean {
  const rest = text.replace(NAMES, '').replace(LETTERS, '');
  return shown ? /\p{L}/u.test(rest) && !VALUE.test(text) : PROSE.test(rest) && !CODE.test(text);
}

/** Imports and types, what is thrown as a bug, props and keys of styles. */
function isForMachines(node: Node): boolean {
  if (/^(Import|ExportAll|TS(?!AsExpression|SatisfiesExpression|NonNull))/.test(node.type)) return true;
  if (node.type === 'NewExpression' || node.type === 'ThrowStatement')
    return /^(Type|Range)?Error$/.test(nameOf(node['callee'] ?? node['argument']));
  return isNamed(node) && TECHNICAL.test(nameOf(node['name'] ?? node['key']));
}

/** Parts whose strings are compared or looked up, never shown. */
function isUnread(node: Node, part: string): boolean {
  if (part === 'parent' || part === 'key' || part === 'typeArguments' || part === 'typeAnnotation' || part === 'source') return true;
  if (node.type === 'BinaryExpression') return node['operator'] !== '+';
  if (node.type === 'MemberExpression') return part === 'property';
  if (node.type === 'CallExpression' && part === 'arguments') return LOOK_UPS.test(nameOf(memberOf(node['callee'])));
  return node.type === 'SwitchCase' && part === 'test';
}

function isShownPart(node: Node, part: string, shown: boolean): boolean {
  if (isNamed(node)) return part === 'value' && SHOWN.test(nameOf(node['name'] ?? node['key']));
  if (node.type === 'JSXElement' || node.type === 'JSXFragment') return part === 'children';
  return shown && CHOICES.has(node.type) && part !== 'test' && !(part === 'left' && node['operator'] === '&&');
}

function isNamed(node: Node): boolean {
  return node.type === 'JSXAttribute' || node.type === 'Property';
}

function memberOf(callee: unknown): unknown {
  return isNode(callee) ? callee['property'] : undefined;
}

function nameOf(node: unknown): string {
  if (!isNode(node)) return '';
  if (node.type === 'NewExpression') return nameOf(node['callee']);
  const name = node['name'] ?? node['value'];
  return typeof name === 'string' ? name : nameOf(name);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
