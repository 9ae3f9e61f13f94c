import Box from '@mui/material/Box';
import type { Theme } from '@mui/material/styles';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { MONO } from '../../../ui/fonts.ts';

/** Colouring more would hold up the page. */
const MAX_COLOURED = 64 * 1024;

/** Names of languages for extensions that are not their name. */
const LANGUAGES: Readonly<Record<string, string>> = {
  cjs: 'javascript',
  htm: 'xml',
  html: 'xml',
  jsx: 'javascript',
  md: 'markdown',
  mjs: 'javascript',
  svg: 'xml',
  tsx: 'typescript',
  yml: 'yaml',
  zsh: 'bash',
};

interface CodeViewProps {
  readonly code: string;
  readonly extension: string;
}

/** A text in a fixed pitch, coloured where the language is known. The colours come as a tree of spans, never as HTML. */
export function CodeView({ code, extension }: CodeViewProps) {
  const language = LANGUAGES[extension] ?? extension;
  const coloured = useQuery({
    queryKey: ['highlight', language, code],
    queryFn: async () => (await import('./highlight.ts')).highlight(code, language),
    enabled: code.length <= MAX_COLOURED && language !== '',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  return (
    <Box component="pre" sx={CODE}>
      {coloured.data ? coloured.data.map(draw) : code}
    </Box>
  );
}

/** Text, or a span with classes around more of the same. */
export type CodeNode = string | { readonly className: string; readonly children: readonly CodeNode[] };

function draw(node: CodeNode, index: number): ReactNode {
  if (typeof node === 'string') return node;
  return (
    <span key={index} className={node.className}>
      {node.children.map(draw)}
    </span>
  );
}

const paint = (light: string, dark: string) => (theme: Theme) => ({ color: light, ...theme.applyStyles('dark', { color: dark }) });

const CODE = {
  m: 0,
  p: 4,
  fontFamily: MONO,
  fontSize: 12,
  lineHeight: 1.6,
  whiteSpace: 'pre-wrap',
  overflowWrap: 'anywhere',
  '& .hljs-keyword, & .hljs-literal, & .hljs-selector-tag, & .hljs-built_in': paint('#7a2ea0', '#d2a8ff'),
  '& .hljs-string, & .hljs-regexp, & .hljs-symbol': paint('#0b6a3c', '#7ee2a8'),
  '& .hljs-number, & .hljs-attribute, & .hljs-variable': paint('#9a4a00', '#ffb877'),
  '& .hljs-comment, & .hljs-quote, & .hljs-meta': paint('#5d6675', '#9aa4b5'),
  '& .hljs-title, & .hljs-name, & .hljs-section, & .hljs-attr, & .hljs-type': paint('#1b4fc4', '#8fb2ff'),
  '& .hljs-deletion': paint('#b3261e', '#ff9d95'),
  '& .hljs-emphasis': { fontStyle: 'italic' },
  '& .hljs-strong': { fontWeight: 600 },
} as const;
