import { expect, test } from 'vitest';
import { findLiteralTexts } from './literal-texts.ts';

const find = (source: string) => findLiteralTexts({ path: 'page.tsx', source }).map(({ line, text }) => `${line} ${text}`);

test('text between tags is found, with its line', () => {
  expect(find('const a = (\n  <p>\n    Nothing here,\n    yet\n  </p>\n);')).toEqual(['3 Nothing here, yet']);
  expect(find('const a = <p>{count} of {total}</p>;')).toEqual(['1 of']);
});

test('what people read of an element is found, even a single small word', () => {
  expect(find('const a = <Field label="name" helperText={bad ? "too long" : `by ${who}`} data-kind="name" />;')).toEqual([
    '1 name',
    '1 too long',
    '1 by …',
  ]);
  expect(find('const a = { label: "any", kind: "any" };')).toEqual(['1 any']);
});

test('a choice between texts is found inside an element, what it is chosen by is not', () => {
  expect(find("const a = <p>{state === 'on' ? 'yes' : 'no'}{state === 'Off' && 'off'}</p>;")).toEqual(['1 yes', '1 no', '1 off']);
});

test('words in a row and a capitalised word are found wherever they stand', () => {
  expect(find("toasts.success('Saved');\nconst words = { a: 'all of them' };\nfunction f() { return 'No match.'; }")).toEqual([
    '1 Saved',
    '2 all of them',
    '3 No match.',
  ]);
});

test('a short text beside a value is found, a key made of parts is not', () => {
  expect(find('toasts.success(`Deleted ${name}`);\nreturnText = `${count} buckets`;\nconst one = "1 bucket";')).toEqual([
    '1 Deleted …',
    '2 … buckets',
    '3 1 bucket',
  ]);
  expect(find('const id = `create ${thing}`; const path = `${folder}/${name}`;')).toEqual([]);
});

test('code, types, styles, comparisons, bugs and names are left alone', () => {
  const source = [
    "import { a } from 'Some Module';",
    "type Kind = 'Made up' | 'Thought out';",
    "if (event.key === 'Enter') throw new Error('Nothing is above it');",
    "const a = <Box sx={{ font: '12px Some Font' }} href='/docs/Some Page' title='Postgres' className='Some class' />;",
    "switch (a) { case 'Tab': break; }",
    "const b = `${size} KB`; const c = <p>{b} MiB · 3 / 4</p>; const d = <i title='image/*' color='Some' />;",
  ].join('\n');
  expect(find(source)).toEqual([]);
});

test('a file that does not parse is an error, not an empty answer', () => {
  expect(() => find('const a = <p>')).toThrow('page.tsx cannot be read');
});
